import { availableParallelism } from "node:os";
import { extname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { ThreadPool } from "../../functions/worker/thread-pool.ts";
import { forThreads } from "../kernels/loader.ts";
import type { Comparison } from "./recompute.ts";
import type { RecomputeTask } from "./recompute-thread.ts";

/** Beside this file, in the sources and in the built program alike. */
const THREAD = join(import.meta.dirname, `recompute-thread${extname(import.meta.filename)}`);

/** Threads that recompute chunks: one per core of this machine, each started at first use. */
export function recomputeThreads() {
  const pool = new ThreadPool<RecomputeTask, Comparison>(
    availableParallelism(),
    () => new Worker(THREAD, { workerData: forThreads({ isPlain: true }) }),
  );
  return {
    /** One more than threads, so that a thread finds its next chunk waiting. */
    lanes: pool.size + 1,
    compare: (task: RecomputeTask) => pool.run(task),
    close: () => pool.close(),
  };
}
