import { availableParallelism } from "node:os";
import { ThreadPool } from "../../functions/worker/thread-pool.ts";
import { forThreads } from "../kernels/loader.ts";
import { startThread } from "../threads/start-thread.ts";
import type { Comparison } from "./recompute.ts";
import type { RecomputeTask } from "./recompute-thread.ts";

/** Threads that recompute chunks: one per core of this machine, each started at first use. */
export function recomputeThreads() {
  const pool = new ThreadPool<RecomputeTask, Comparison>(availableParallelism(), () =>
    startThread("recompute", forThreads({ isPlain: true })),
  );
  return {
    /** One more than threads, so that a thread finds its next chunk waiting. */
    lanes: pool.size + 1,
    compare: (task: RecomputeTask) => pool.run(task),
    close: () => pool.close(),
  };
}
