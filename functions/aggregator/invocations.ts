import type { ReportMessage } from "../../shared/messages/chunk-report.ts";
import { billedMs } from "../../shared/plan/bill.ts";
import { sqsUnits } from "../../shared/ports/request-limits.ts";

/** About what a report weighs beside its tiles, and a chunk's part of it. */
const REPORT_BYTES = 300;
const CHUNK_BYTES = 250;

/** What the reports tell of the invocations that sent them, for the bill. */
export class Invocations {
  /** By the ledger's index of the invocation. */
  readonly #elapsedMs: number[] = [];
  readonly #initMs: number[] = [];
  readonly #environments = new Set<string>();
  reports = 0;
  /** Units of 64 KiB beyond one a report, as SQS bills them. */
  largeUnits = 0;
  /** The workers' memory, as the last report says. */
  memoryMb: number | undefined;

  add({ worker, chunks }: ReportMessage, invocation: number): void {
    if (worker.requestId === "") return; // the aggregator itself, for a worker whose report was lost
    this.reports++;
    this.#environments.add(worker.logStream);
    this.memoryMb = worker.memoryMb ?? this.memoryMb;
    const elapsedMs = worker.elapsedMs ?? spanMs(chunks);
    this.#elapsedMs[invocation] = Math.max(this.#elapsedMs[invocation] ?? 0, elapsedMs);
    if (worker.coldStart && worker.initMs !== null) this.#initMs[invocation] = worker.initMs;
    const tiles = chunks.reduce((sum, chunk) => sum + CHUNK_BYTES + tileLength(chunk), 0);
    this.largeUnits += sqsUnits(REPORT_BYTES + tiles) - 1;
  }

  get environments(): number {
    return this.#environments.size;
  }

  get count(): number {
    return this.#elapsedMs.reduce((count) => count + 1, 0);
  }

  /** Until their last reports, initialisation included. */
  get billedMs(): number {
    return this.#elapsedMs.reduce((sum, ms, k) => sum + billedMs(ms, this.#initMs[k]), 0);
  }
}

type Chunk = ReportMessage["chunks"][number];

function tileLength({ tile, others = [] }: Chunk): number {
  return others.reduce((sum, other) => sum + (other.tile?.length ?? 0), tile?.length ?? 0);
}

/** Reports of workers of former versions do not say how long their invocation had taken. */
function spanMs(chunks: readonly Chunk[]): number {
  const times = chunks.flatMap(({ times }) => (times ? [times] : []));
  const begin = times.reduce((ms, { startedAtMs }) => Math.min(ms, startedAtMs), Number.POSITIVE_INFINITY);
  return times.reduce((ms, { startedAtMs, durationMs }) => Math.max(ms, startedAtMs + durationMs - begin), 0);
}
