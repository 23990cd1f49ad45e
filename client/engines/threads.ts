import { setImmediate as turn } from "node:timers/promises";
import { Jobs } from "../../functions/worker/jobs.ts";
import { ThreadPool } from "../../functions/worker/thread-pool.ts";
import { elementsIn } from "../../shared/array/layout.ts";
import type { ChunkMessage } from "../../shared/messages/chunk-message.ts";
import { loadKernel } from "../../shared/plan/check-spec.ts";
import { mostWorkOf, WORK_PER_SECOND } from "../../shared/plan/work-units.ts";
import { clockOrigin, steadyClock } from "../../shared/ports/clock.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { FLUSHED_AT_ONCE } from "../../shared/ports/file/flush.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { ensureWasm } from "../../tools/bundling/wasm.ts";
import { type Delivered, deliver } from "../inline/deliver.ts";
import { runInline } from "../inline/inline.ts";
import type { ThreadTask } from "../inline/thread-worker.ts";
import { forThreads, kernels } from "../kernels/loader.ts";
import { expectOpenFiles } from "../local/open-files.ts";
import { startThread } from "../threads/start-thread.ts";
import { InterruptedError, mountsOf, type Runner } from "./engine.ts";

export interface ThreadsOptions {
  /**
   * What a message may be at the most for the calling thread to see to it, in units of work; 0 leaves all to the others.
   * Ctrl-C is heard between messages only: the twins, ten times as fast as the rate says, take a tenth of a second for this.
   */
  readonly brief: number;
}

const DEFAULTS: ThreadsOptions = Object.freeze({ brief: WORK_PER_SECOND });

/** An event loop has five; and whatever the stages have open for a moment, flushed or not. */
const OPEN_FILES = { perThread: 5, others: 10 + FLUSHED_AT_ONCE } as const;

/** About what it takes to start threads: a job that is done by then is better off without. */
const PATIENCE_MS = 50;

/**
 * A pool of threads in this process, each writing its chunks to the store itself. Brief messages are seen to by this thread
 * until those are up, which are started once brief messages have taken as long as starting threads would.
 */
export function threadsEngine(options: Partial<ThreadsOptions> = {}): Runner {
  const { brief } = { ...DEFAULTS, ...options };
  return async (run) => {
    expectOpenFiles(OPEN_FILES.others + OPEN_FILES.perThread * run.workers, run.workers);
    const mounts = mountsOf(run.jobId, run.folder);
    ensureWasm(run.onBuild); // once, and not by each thread
    const pool = new ThreadPool<ThreadTask, Delivered>(run.workers, () =>
      startThread("chunks", forThreads()),
    );
    const worker = { requestId: run.jobId, logStream: "main", coldStart: false, initMs: null };
    const origin = clockOrigin();
    const store = new FileStore(mounts);
    const jobs = new Jobs(store);
    const ports = { store, clock: steadyClock(origin), kernels, jobs };
    let beganMs: number | undefined;
    let turns: Promise<unknown> = Promise.resolve();
    let closing = false;
    const close = async () => {
      closing = true;
      await pool.close();
    };
    const attempt = async (message: ChunkMessage, receiveCount: number): Promise<Delivered> => {
      // One message a turn of the event loop: between turns a thread can say that it is up, and Ctrl-C is heard.
      if (!pool.isUp) {
        turns = turns.then(() => turn());
        await turns;
      }
      if (closing || run.signal.aborted) throw new InterruptedError();
      beganMs ??= performance.now();
      if (!pool.isUp && (await mostWork(message, await jobs.jobOf(message))) <= brief) {
        if (performance.now() - beganMs > PATIENCE_MS) pool.warm();
        return deliver(message, { worker, receiveCount }, ports);
      }
      try {
        return await pool.run({ message, receiveCount, mounts, origin });
      } catch {
        if (run.signal.aborted || closing) throw new InterruptedError();
        // The thread died, for example out of memory, and the pool has replaced it: the message is delivered again.
        return { reports: [], reissued: [], retry: true };
      }
    };
    return runInline(run, run.workers, ports, attempt, close);
  };
}

/** Endless unless a twin computes: a user's own kernel may end its thread, which can be replaced, while this one cannot. */
async function mostWork({ chunks }: ChunkMessage, job: StoredJob | undefined): Promise<number> {
  if (!job) return Number.POSITIVE_INFINITY;
  const { spec } = job;
  const kernel = await loadKernel({ name: spec.kernel, hash: spec.hash }, kernels);
  if (!kernel.fast) return Number.POSITIVE_INFINITY;
  return (
    chunks.length *
    elementsIn(spec.chunkShape) *
    mostWorkOf(kernel, job.measured ? { ...spec, measured: job.measured } : spec)
  );
}
