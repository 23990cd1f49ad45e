/** What a job took of memory, and what was sent for it, by what its place keeps. */
import { layoutOf } from "../../shared/array/layout.ts";
import { cellBytes, isMap } from "../../shared/array/spec.ts";
import { STAGES, type Stage } from "../../shared/build/bundling.ts";
import { type ReportMessage, reportMessages } from "../../shared/messages/chunk-report.ts";
import { peakMemoryOfJob } from "../../shared/plan/peak-memory.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { readControl, readSubmission } from "../../shared/record/control.ts";
import type { Peak } from "../../shared/record/memory.ts";
import { listSegments, readSegments } from "../../shared/record/segments.ts";
import type { FoundJob } from "../jobs/job-store.ts";

export interface JobMemory {
  /** Peak resident memory of each stage's process (MB): by formula, and as it was where it was measured. */
  readonly stages: Readonly<
    Record<Stage, { readonly predictedMb: number; readonly measured: Peak | undefined }>
  >;
  /** The command's own process, where the job ran on this machine. */
  readonly client: Peak | undefined;
  /** How the peaks were measured, or why not: a sentence. */
  readonly basis: string;
  readonly sent: Sent;
  /** All cells and values, as they would be in memory; undefined where the job maps items. */
  readonly arrayBytes: number | undefined;
  /** All chunks as they are stored: compressed. */
  readonly storedBytes: number;
}

/** What travelled in place of the data, as it was sent. */
export interface Sent {
  /** Chunk messages of all rounds; undefined where an earlier version left out how many bytes they had. */
  readonly messages: { readonly count: number; readonly bytes: number } | undefined;
  /** job.json, which each worker reads once. */
  readonly job: { readonly bytes: number; readonly readers: number };
  /** Reports, and how much of them are the tiles that pictures are drawn from. */
  readonly reports: { readonly count: number; readonly bytes: number; readonly tileBytes: number };
}

/** Reads a job's reports: a megabyte or so for a thousand chunks. Rejects as the store does. */
export async function jobMemory(found: Pick<FoundJob, "job" | "store" | "memory">): Promise<JobMemory> {
  const { job, store } = found;
  const { jobId, spec } = job;
  const layout = layoutOf(spec);
  const said = new SaidByReports(layout.total);
  const [{ peaks, basis }, messages, jobJson] = await Promise.all([
    found.memory(),
    messagesOf(found),
    store.get(jobKeys(jobId).job),
    listSegments(store, jobId, layout.total).then((segments) => readSegments(store, jobId, segments, said)),
  ]);
  const predicted = peakMemoryOfJob(job, said.memoryMb);
  const stage = (name: Stage) => ({ predictedMb: predicted[name], measured: peaks[name] });
  const [splitter, worker, aggregator] = STAGES.map(stage);
  return {
    stages: { splitter: splitter!, worker: worker!, aggregator: aggregator! },
    client: peaks.client,
    basis,
    sent: {
      messages,
      job: { bytes: jobJson?.length ?? 0, readers: said.workers.size },
      reports: { count: said.count, bytes: said.bytes, tileBytes: said.tileBytes },
    },
    arrayBytes: isMap(spec) ? undefined : layout.elements * cellBytes(spec),
    storedBytes: said.storedBytes,
  };
}

async function messagesOf({
  job: { jobId },
  store,
}: Pick<FoundJob, "job" | "store">): Promise<Sent["messages"]> {
  const { round: last } = await readControl(store, jobId);
  let [count, bytes] = [0, 0];
  for (let round = 0; round <= last; round++) {
    const submission = await readSubmission(store, jobId, round);
    if (!submission || submission.messages === 0) continue; // it was broken off, or lacked nothing
    if (!submission.plan) return undefined;
    count += submission.messages;
    bytes += submission.plan.bytes.messages;
  }
  return { count, bytes };
}

/** Adds up what the stored reports say. */
class SaidByReports {
  count = 0;
  bytes = 0;
  tileBytes = 0;
  /** As the workers say; undefined on this machine. */
  memoryMb: number | undefined;
  readonly workers = new Set<string>();
  readonly #stored: Float64Array;

  constructor(chunks: number) {
    this.#stored = new Float64Array(chunks);
  }

  get storedBytes(): number {
    return this.#stored.reduce((sum, bytes) => sum + bytes, 0);
  }

  report(message: ReportMessage): void {
    const { worker, chunks, failures } = message;
    for (const { chunk, storedBytes, tile, others = [] } of chunks) {
      this.#stored[chunk] = storedBytes;
      for (const of of [{ tile }, ...others]) this.tileBytes += of.tile?.length ?? 0;
    }
    if (worker.requestId === "") return; // the aggregator itself, for a worker whose report was lost
    this.workers.add(worker.logStream);
    this.memoryMb = worker.memoryMb ?? this.memoryMb;
    for (const body of reportMessages(message, chunks, failures)) {
      this.count++;
      this.bytes += Buffer.byteLength(body);
    }
  }

  failure(failure: object): void {
    this.bytes += Buffer.byteLength(JSON.stringify(failure)) + 1;
  }
}
