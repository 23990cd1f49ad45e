import { threadId, workerData } from "node:worker_threads";
import { Jobs } from "../../functions/worker/jobs.ts";
import { serveTasks } from "../../functions/worker/thread-pool.ts";
import { kernelsInThread } from "../../shared/kernels/in-thread.ts";
import type { ThreadKernels } from "../../shared/kernels/loader.ts";
import type { ChunkMessage } from "../../shared/messages/chunk-message.ts";
import { steadyClock } from "../../shared/ports/clock.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { type Delivered, deliver } from "./deliver.ts";

/** A message for a thread of this process. */
export interface ThreadTask {
  readonly message: ChunkMessage;
  readonly receiveCount: number;
  readonly mounts: Readonly<Record<string, string>>;
  /** The origin of the run's clock. */
  readonly origin: number;
}

/** Computes the messages that this thread is given. */
export function serveChunks(): void {
  const kernels = kernelsInThread(workerData as ThreadKernels);
  let former: { readonly mounts: string; readonly store: FileStore; readonly jobs: Jobs } | undefined;
  const initMs = performance.now();
  let coldStart = true;

  serveTasks<ThreadTask, Delivered>(async ({ message, receiveCount, mounts, origin }) => {
    const worker = {
      requestId: `${threadId}-${message.chunks[0]}-${receiveCount}`,
      logStream: `thread-${threadId}`,
      coldStart,
      initMs: coldStart ? initMs : null,
    };
    coldStart = false;
    if (former?.mounts !== JSON.stringify(mounts)) {
      const store = new FileStore(mounts);
      former = { mounts: JSON.stringify(mounts), store, jobs: new Jobs(store) };
    }
    const { store, jobs } = former;
    const ports = { store, clock: steadyClock(origin), kernels, jobs };
    return { result: await deliver(message, { worker, receiveCount }, ports) };
  });
}
