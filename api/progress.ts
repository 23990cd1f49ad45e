import type { Looked, ProgressListener } from "../client/engines/engine.ts";
import type { ReportMessage } from "../shared/messages/chunk-report.ts";
import type { Counted } from "../shared/record/attendance.ts";
import type { JobProgress } from "./results.ts";

/** Counts a job's progress. A chunk reported twice counts once; memory is a byte per chunk. */
export class Progress implements ProgressListener, JobProgress {
  readonly chunks: number;
  readonly elements: number;
  done = 0;
  active = 0;
  /** True while a deployment's messages seem to wait with no worker at any. */
  isUnattended = false;
  readonly #failed = new Set<number>();
  #failedElsewhere = 0;
  fetched: { readonly objects: number; readonly of: number } | undefined;
  /** True while the connection to a remote job is lost. */
  isLost = false;
  readonly #seen: Uint8Array;
  /** Hears what the engine tells, too: what shows more of it than counts. */
  also: Partial<ProgressListener> | undefined;
  /** Called after each change. */
  onChange: (() => void) | undefined;

  /** The time (ms) since the job began, when watching starts. */
  readonly beganMsAgo: number;
  /** Chunks that were stored before watching starts. */
  readonly doneBefore: number;

  constructor(chunks: number, elements: number, beganMsAgo = 0, doneBefore = 0) {
    this.chunks = chunks;
    this.elements = elements;
    this.beganMsAgo = beganMsAgo;
    this.doneBefore = Math.min(doneBefore, chunks);
    this.done = this.doneBefore;
    this.#seen = new Uint8Array(chunks);
  }

  running(change: number): void {
    this.also?.running?.(change);
    this.active += change;
    this.onChange?.();
  }

  reported(report: ReportMessage): void {
    this.also?.reported?.(report);
    const { chunks, failures } = report;
    for (const { chunk } of chunks) {
      if (this.#seen[chunk]) continue;
      this.#seen[chunk] = 1;
      this.done = Math.min(this.done + 1, this.chunks);
    }
    this.#fail(failures.filter(({ final }) => final).map(({ chunk }) => chunk));
  }

  buried(chunks: readonly number[]): void {
    this.also?.buried?.(chunks);
    this.#fail(chunks);
  }

  #fail(chunks: readonly number[]): void {
    for (const chunk of chunks) if (!this.#seen[chunk]) this.#failed.add(chunk);
    this.onChange?.();
  }

  /** Counts by keys may count a chunk twice that two segments report, so they are capped at the number of chunks. */
  counted(state: Counted): void {
    this.also?.counted?.(state);
    const { done, failed, active, isUnattended = false } = state;
    this.done = Math.min(done, this.chunks);
    this.#failedElsewhere = failed;
    this.active = active;
    this.isUnattended = isUnattended;
    this.onChange?.();
  }

  looked(at: Looked): void {
    this.also?.looked?.(at);
  }

  fetching(objects: number, of: number): void {
    this.fetched = { objects, of };
    this.onChange?.();
  }

  lost(isLost: boolean): void {
    this.isLost = isLost;
    this.onChange?.();
  }

  get failed(): number {
    return this.#failed.size + this.#failedElsewhere;
  }

  /** Whether it was reported as stored. */
  hasReported(chunk: number): boolean {
    return this.#seen[chunk] === 1;
  }

  /** As it stands now. */
  snapshot(): JobProgress {
    const { chunks, done, failed, active, isUnattended, isLost, fetched } = this;
    return { chunks, done, failed, active, isUnattended, isLost, ...(fetched && { fetched }) };
  }
}
