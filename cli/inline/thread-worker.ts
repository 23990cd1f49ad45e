import { threadId, workerData } from "node:worker_threads";
import { serveTasks } from "../../functions/worker/thread-pool.ts";
import { withTwins } from "../../shared/kernels/fast.ts";
import type { ThreadKernels } from "../../shared/kernels/loader.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
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

const { twins } = workerData as ThreadKernels;
const kernels = withTwins(KERNELS, () => twins);
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
  const ports = { store: new FileStore(mounts), clock: steadyClock(origin), kernels };
  return { result: await deliver(message, { worker, receiveCount }, ports) };
});
