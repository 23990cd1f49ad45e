import { aggregate } from "../../functions/aggregator/aggregate.ts";
import { Looks } from "../../functions/aggregator/looks.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import type { ReportMessage } from "../../shared/messages/chunk-report.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { putJson } from "../../shared/ports/store.ts";
import { chunkKeys } from "../../shared/record/array-keys.ts";
import { CountingStore } from "./counting-store.ts";
import { resolvedJob } from "./kernels.ts";

const BATCH = 50;
const CHUNKS_A_ROW = 100;

/** What the aggregators of a job asked of the store, each of its chunks in a report of its own. */
export async function aggregatedJob(
  chunks: number,
  { environments = 1, repeated = 0, withLooks = true } = {},
) {
  const store = new CountingStore();
  const { clock } = store;
  const axis = (count: number) => ({ from: 0, to: 1, count });
  const job = resolvedJob({
    ...{ kernel: "mandelbrot", chunk: [1, 1], output: { plots: false } },
    grid: { axes: [axis(chunks / CHUNKS_A_ROW), axis(CHUNKS_A_ROW)] },
  });
  await putJson(store, jobKeys("j").job, { ...job, submittedAtMs: 0 });
  for (let chunk = 0; chunk < chunks; chunk++) store.holds(chunkKeys(job, chunk)[0]!);
  // The others' batches wait in it: it tells nothing about the end.
  const depth = async () => ({ waiting: 1, inFlight: 0, delayed: 0 });
  const results = { send: async () => 0, depth };
  const ports = { store, results, chunks: results, clock, builtIns: KERNELS, checkAfterSeconds: 15 };
  const fleet = Array.from({ length: environments }, () => ({
    ...ports,
    ...(withLooks && { looks: new Looks(clock) }),
  }));
  let finished: Awaited<ReturnType<typeof aggregate>>;
  let batches = 0;
  for (const batch of batchesOf(chunks, repeated)) {
    // They take turns, but not evenly.
    const environment = fleet[(batches * batches + batches) % 7 < 4 ? 0 : environments - 1]!;
    batches++;
    finished = (await aggregate("j", batch, environment)) ?? finished;
  }
  const { counts } = store;
  return { ...counts, batches, summary: finished?.summary };
}

/** Every chunk once, and a part of them a second time half-way. */
function* batchesOf(chunks: number, repeated: number): Generator<ReportMessage[]> {
  const order = Array.from({ length: chunks - 1 }, (_, chunk) => chunk);
  order.splice(chunks / 2, 0, ...order.slice(0, Math.round(chunks * repeated)));
  order.push(chunks - 1);
  for (let at = 0; at < order.length; at += BATCH) yield order.slice(at, at + BATCH).map(reportOf);
}

let invocations = 0;

function reportOf(chunk: number): ReportMessage {
  const times = { startedAtMs: chunk, durationMs: 1, computeMs: 1, cpuMs: 1 };
  return {
    ...{ kind: "report", version: 1, jobId: "j", round: 0, failures: [] },
    worker: { requestId: `${invocations++}`, logStream: "worker-1", coldStart: false, initMs: null },
    chunks: [{ chunk, sum: 1, min: 1, max: 1, nonFinite: 0, storedBytes: 6, times, tile: "AQA=" }],
  };
}
