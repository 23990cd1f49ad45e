import { extname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { ThreadPool } from "../../functions/worker/thread-pool.ts";
import { ensureWasm } from "../local/wasm.ts";
import type { Delivered } from "./deliver.ts";
import { type Engine, InterruptedError, mountsOf } from "./engine.ts";
import { runInline } from "./inline.ts";
import type { ThreadTask } from "./thread-worker.ts";

/** Beside this file, in the sources and in the built program alike. */
const WORKER = join(import.meta.dirname, `thread-worker${extname(import.meta.filename)}`);

/** A pool of threads in this process, each writing its chunks to the store itself. */
export const threads: Engine = async (run) => {
  const mounts = mountsOf(run.jobId, run.folder);
  ensureWasm(); // once, and not by each thread
  const pool = new ThreadPool<ThreadTask, Delivered>(run.workers, () => new Worker(WORKER));
  pool.warm();
  let closing = false;
  try {
    return await runInline(run, run.workers, async (message, receiveCount) => {
      try {
        return await pool.run({ message, receiveCount, mounts });
      } catch {
        if (run.signal.aborted || closing) throw new InterruptedError();
        // The thread died, out of memory say, and the pool has replaced it: the message is delivered again.
        return { reports: [], reissued: [], retry: true };
      }
    });
  } finally {
    closing = true;
    await pool.close();
  }
};
