import { readFileSync } from "node:fs";
import { join } from "node:path";
import { work } from "../../functions/worker/work.ts";
import type { TaskSource, TaskTools } from "../../shared/kernels/authoring.ts";
import { mapItems } from "../../shared/kernels/host/map-items.ts";
import { taskOf } from "../../shared/kernels/host/task.ts";
import type { LoadedKernel } from "../../shared/kernels/loaded.ts";
import { parseChunkMessage } from "../../shared/messages/chunk-message.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import type { Store } from "../../shared/ports/store.ts";
import { encodeShard, itemsKey } from "../../shared/record/shards.ts";
import { Stages } from "./stages.ts";

/** A task of a test's own, called "task", as a worker loads it. */
export function taskKernel(task: (item: never, tools: TaskTools) => unknown): LoadedKernel {
  return {
    name: "task",
    hash: "0123456789abcdef",
    declaration: { about: "", form: "task", inputs: {}, values: [] },
    compute: () => {
      throw new RangeError("a task has no cells");
    },
    map: mapItems(taskOf(task as TaskSource["task"], "")),
  };
}

type MapMore = Partial<Omit<JobRequest, "items" | "requestId">> & { readonly items?: object };

/** The request for a job "j" of the items 0 to `count` - 1, three a shard. */
export function mapRequest(
  count: number,
  { items, ...more }: MapMore = {},
): JobRequest & { readonly requestId: string } {
  return {
    ...{ kernel: "task", requestId: "j", output: { plots: false } },
    items: { count, perShard: 3, seconds: 5, concurrency: 1, sha256: "0".repeat(64), ...items },
    ...more,
  };
}

/** Stores the items 0 to `count` - 1 as the client does. */
export async function putNumbers(store: Pick<Store, "put">, count: number, perShard = 3): Promise<void> {
  for (let first = 0; first < count; first += perShard) {
    const lines = Array.from({ length: Math.min(perShard, count - first) }, (_, k) => String(first + k));
    const bytes = encodeShard({ lines, given: lines.length, failed: 0, unfinished: 0, round: 0 });
    await store.put(itemsKey("j", first / perShard), bytes);
  }
}

/** A job of `count` items that was split; its messages are taken. */
export async function splitMap(count: number, task: Parameters<typeof taskKernel>[0], more: MapMore = {}) {
  const stages = new Stages([taskKernel(task)]);
  await putNumbers(stages.store, count);
  await stages.split(mapRequest(count, more));
  return { stages, bodies: stages.chunks.take() };
}

/** Works a message, by a worker with that much time. */
export function workWithin(stages: Stages, body: string, remainingMs: () => number, receiveCount = 1) {
  const worker = { requestId: "r", logStream: "worker-1", coldStart: false, initMs: null };
  return work(parseChunkMessage(body), { worker, receiveCount }, { ...stages.ports, remainingMs });
}

interface Result {
  readonly index: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** What results.jsonl has. */
export const joined = ({ store }: Stages): Result[] =>
  linesIn(store.objects.get("jobs/j/results.jsonl") ?? []);

/** What the results.jsonl of a job's folder has. */
export const resultsIn = (folder: string): Result[] => linesIn(readFileSync(join(folder, "results.jsonl")));

function linesIn(bytes: Uint8Array | never[]): Result[] {
  const lines = Buffer.from(bytes).toString().trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line));
}
