import type { Layout } from "../../shared/array/layout.ts";
import { isMap } from "../../shared/array/spec.ts";
import type { AttemptFailure, ChunkReport, ReportMessage } from "../../shared/messages/chunk-report.ts";
import type { Job } from "../../shared/record/job.ts";
import { viewOfJob } from "../../shared/record/job-view.ts";
import { type Round, sinceWhen } from "../../shared/record/rounds.ts";
import { afterSubmission } from "./clocks.ts";
import { Invocations } from "./invocations.ts";
import { ItemLedger } from "./item-ledger.ts";
import { pausesBefore, withoutPauses } from "./pauses.ts";
import { ValueLedger } from "./value-ledger.ts";

/** A cold start seen in the reports: the environment was ready `initMs` after it began to load. */
export interface ColdStart {
  readonly slot: number;
  readonly requestId: string;
  readonly initMs: number;
}

/** What was decided about the job while it ran. */
export interface History {
  readonly rounds: readonly Round[];
  /** Chunks that were issued again within a round. */
  readonly reissued: readonly number[];
  readonly isCancelled: boolean;
  /** How many objects the reports and failures lie in: the batches that they came in. */
  readonly batches?: number;
}

const UNEVENTFUL: History = { rounds: [], reissued: [], isCancelled: false };
const UNKNOWN = -1;

/**
 * All that is known of a job's chunks, one row each in typed arrays: a million chunks take about 100 MB, far
 * from the gigabytes of as many objects. Reports may come twice and in any order; the result is the same.
 */
export class Ledger {
  readonly layout: Layout;
  readonly slots: string[] = [];
  readonly coldStarts: ColdStart[] = [];
  readonly reported: Uint8Array;
  /** What was reported of each value. */
  readonly values: readonly ValueLedger[];
  /** What was reported of items, in a job that has them in place of values. */
  readonly items: ItemLedger | undefined;
  readonly storedBytes: Float64Array;
  /** Epoch ms; NaN where the times are unknown. */
  readonly startedAtMs: Float64Array;
  readonly durationMs: Float64Array;
  readonly cpuMs: Float64Array;
  /** Index into `slots`, or -1 if no worker measured the chunk. */
  readonly slot: Int32Array;
  /** Chunks whose tile was too large for its report and must be sampled from the stored chunk. */
  readonly withoutTile = new Set<number>();
  readonly history: History;
  readonly invocations = new Invocations();
  /** When (epoch ms) the last copy of a chunk that was issued again had been computed. */
  readonly lastCopyEndMs = new Map<number, number>();
  /** Chunks whose worker's clock cannot have been right: their start is where it can have been. */
  readonly moved = new Set<number>();
  #pauses: ReturnType<typeof pausesBefore> = [];
  /** The round from which on what is said of a chunk counts. */
  readonly #since: Uint32Array;
  readonly #reissued: ReadonlySet<number>;
  readonly #requests: string[] = [];
  readonly #requestOf: Int32Array;
  readonly #slotIndex = new Map<string, number>();
  readonly #requestIndex = new Map<string, number>();
  readonly #finalFailures = new Map<number, AttemptFailure>();
  readonly #attempts = new Map<number, AttemptFailure[]>();

  constructor(job: Pick<Job, "spec" | "output">, history = UNEVENTFUL) {
    const view = viewOfJob(job);
    const { layout } = view;
    const { total } = layout;
    this.history = history;
    this.#since = sinceWhen(history.rounds, total);
    this.#reissued = new Set(history.reissued);
    const column = () => new Float64Array(total).fill(Number.NaN);
    this.layout = layout;
    this.reported = new Uint8Array(total);
    this.values = job.spec.values.map(({ dtype }) => new ValueLedger(view, dtype));
    this.items = isMap(job.spec) ? new ItemLedger(layout) : undefined;
    this.storedBytes = column();
    this.startedAtMs = column();
    this.durationMs = column();
    this.cpuMs = column();
    this.slot = new Int32Array(total).fill(UNKNOWN);
    this.#requestOf = new Int32Array(total).fill(UNKNOWN);
  }

  /** The job's latest round. */
  get round(): number {
    return this.history.rounds.at(-1)?.round ?? 0;
  }

  /** Adds a report. If a chunk was computed more than once, the earliest end counts, then the smaller request id. */
  addReport(message: ReportMessage): void {
    const { worker, chunks, round } = message;
    const slot = indexOf(worker.logStream, this.slots, this.#slotIndex);
    const known = this.#requestIndex.has(worker.requestId);
    const request = indexOf(worker.requestId, this.#requests, this.#requestIndex);
    if (!known && worker.coldStart && worker.initMs !== null) {
      this.coldStarts.push({ slot, requestId: worker.requestId, initMs: worker.initMs });
    }
    this.invocations.add(message, request);
    for (const report of chunks) {
      if (report.chunk < this.layout.total && round >= this.#since[report.chunk]!)
        this.#addChunk(report, slot, request);
    }
  }

  /** Returns whether it counts: those of an earlier round, and what is known, do not. */
  addFailure(failure: AttemptFailure, round: number): boolean {
    if (failure.chunk >= this.layout.total) return false;
    const since = this.#since[failure.chunk]!;
    // A worker of an earlier round may come to other values than those that were stored since.
    const isHeard = round >= since || (failure.disputed && failure.failedAtMs > this.#beganMs(since));
    if (!isHeard) return false;
    if (failure.final) {
      if (!this.#finalFailures.get(failure.chunk)?.disputed) this.#finalFailures.set(failure.chunk, failure);
      return true;
    }
    const attempts = this.#attempts.get(failure.chunk) ?? [];
    const isKnown = attempts.some(
      ({ requestId, attempt }) => requestId === failure.requestId && attempt === failure.attempt,
    );
    if (!isKnown) this.#attempts.set(failure.chunk, [...attempts, failure]);
    return !isKnown;
  }

  /** When (epoch ms) the chunk's last attempt failed that was not its last; -Infinity where none did. */
  lastAttemptMs(chunk: number): number {
    const attempts = this.#attempts.get(chunk) ?? [];
    return attempts.reduce((last, { failedAtMs }) => Math.max(last, failedAtMs), Number.NEGATIVE_INFINITY);
  }

  #beganMs(round: number): number {
    return this.history.rounds.find((other) => other.round === round)?.atMs ?? 0;
  }

  /** After the last report: moves every start to a possible time, and takes out the pauses before resumptions. */
  closeTimes(submittedAtMs: number): void {
    for (const chunk of afterSubmission(submittedAtMs, this)) this.moved.add(chunk);
    this.#pauses = pausesBefore(this.history.rounds, submittedAtMs, this);
    if (this.#pauses.length === 0) return;
    for (let chunk = 0; chunk < this.layout.total; chunk++)
      this.startedAtMs[chunk] = this.withoutPauses(this.startedAtMs[chunk]!);
  }

  /** A point in time (epoch ms) as it would have been without those pauses. */
  withoutPauses(timeMs: number): number {
    return withoutPauses(timeMs, this.#pauses);
  }

  /** Chunks that are neither stored nor failed for good. */
  *uncovered(): Generator<number> {
    for (let chunk = 0; chunk < this.layout.total; chunk++) {
      if (!this.reported[chunk] && !this.#finalFailures.has(chunk)) yield chunk;
    }
  }

  /** Drops reports of chunks that the listing lacks: the reports were forged, or the chunks were removed. */
  keepOnly(isStored: Uint8Array): void {
    for (let chunk = 0; chunk < this.layout.total; chunk++)
      if (this.reported[chunk] && !isStored[chunk]) this.forget(chunk);
  }

  /** Forgets the chunk's report, because reading the chunk found nothing usable. */
  forget(chunk: number): void {
    this.reported[chunk] = 0;
    this.withoutTile.delete(chunk);
    for (const value of this.values) value.forget(chunk);
  }

  /** True for a chunk that is stored and not disputed by another worker. */
  isGood(chunk: number): boolean {
    return this.reported[chunk] === 1 && !this.#finalFailures.get(chunk)?.disputed;
  }

  /** Failed chunks in chunk order, each with its failed attempts. A stored chunk outranks a failure, but not a dispute. */
  failed(): { failure: AttemptFailure; attempts: readonly AttemptFailure[] }[] {
    return [...this.#finalFailures.values()]
      .filter(({ chunk }) => !this.isGood(chunk))
      .sort((a, b) => a.chunk - b.chunk)
      .map((failure) => ({ failure, attempts: this.#attempts.get(failure.chunk) ?? [] }));
  }

  /** Failed attempts of all chunks, those that were stored in the end included. */
  failedAttempts(): number {
    return [...this.#attempts.values()].reduce((sum, attempts) => sum + attempts.length, 0);
  }

  requestOf(chunk: number): string | undefined {
    return this.#requests[this.#requestOf[chunk] ?? UNKNOWN];
  }

  #addChunk(report: ChunkReport, slot: number, request: number): void {
    const { chunk, times } = report;
    const reports = [report, ...(report.others ?? [])];
    // A report that lacks a value is none: a later check reads the chunk instead.
    if (reports.length < this.values.length) return;
    if (!this.reported[chunk]) {
      this.reported[chunk] = 1;
      this.storedBytes[chunk] = report.storedBytes;
      this.items?.count(chunk, report.sum, report.nonFinite);
      for (const [k, value] of this.values.entries())
        if (!value.add(chunk, reports[k]!)) this.withoutTile.add(chunk);
    }
    if (!times) return;
    const endMs = times.startedAtMs + times.durationMs;
    if (this.#reissued.has(chunk))
      this.lastCopyEndMs.set(chunk, Math.max(endMs, this.lastCopyEndMs.get(chunk) ?? endMs));
    if (!this.#isEarlier(chunk, endMs, request)) return;
    this.startedAtMs[chunk] = times.startedAtMs;
    this.durationMs[chunk] = times.durationMs;
    this.cpuMs[chunk] = times.cpuMs;
    this.slot[chunk] = slot;
    if (times.moved) this.moved.add(chunk);
    else this.moved.delete(chunk);
    this.#requestOf[chunk] = request;
  }

  #isEarlier(chunk: number, endMs: number, request: number): boolean {
    const known = this.startedAtMs[chunk]! + this.durationMs[chunk]!;
    if (Number.isNaN(known) || endMs < known) return true;
    return endMs === known && this.#requests[request]! < this.requestOf(chunk)!;
  }
}

function indexOf(name: string, names: string[], index: Map<string, number>): number {
  const known = index.get(name);
  if (known !== undefined) return known;
  index.set(name, names.length);
  return names.push(name) - 1;
}
