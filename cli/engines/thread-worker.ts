import { threadId } from "node:worker_threads";
import type { ChunkMessage } from "../../shared/chunk-message.ts";
import { FileStore } from "../../shared/stores/file-store.ts";
import { type Delivered, deliver } from "./deliver.ts";

export interface ThreadTask {
  readonly message: ChunkMessage;
  readonly receiveCount: number;
  readonly mounts: Readonly<Record<string, string>>;
}

const initMs = performance.now();
let coldStart = true;

/** What a thread runs for each message. */
export default function ({ message, receiveCount, mounts }: ThreadTask): Promise<Delivered> {
  const worker = {
    requestId: `${threadId}-${message.chunks[0]}-${receiveCount}`,
    logStream: `thread-${threadId}`,
    coldStart,
    initMs: coldStart ? initMs : null,
  };
  coldStart = false;
  return deliver(message, { worker, receiveCount }, new FileStore(mounts));
}
