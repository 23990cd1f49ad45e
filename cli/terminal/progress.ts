import type { ReportMessage } from "../../shared/messages/chunk-report.ts";
import type { ProgressListener } from "../engines/engine.ts";

/** Counts what a job did so far. A chunk reported twice is one chunk; memory is a byte per chunk. */
export class Progress implements ProgressListener {
  readonly chunks: number;
  readonly elements: number;
  done = 0;
  active = 0;
  readonly #failed = new Set<number>();
  #failedElsewhere = 0;
  fetched: { readonly objects: number; readonly of: number } | undefined;
  /** Of a job that runs elsewhere. */
  isLost = false;
  readonly #seen: Uint8Array;

  /** How long (ms) the job has been going on already. */
  readonly beganMsAgo: number;
  /** Chunks that were stored before that. */
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
    this.active += change;
  }

  reported({ chunks, failures }: ReportMessage): void {
    for (const { chunk } of chunks) {
      if (this.#seen[chunk]) continue;
      this.#seen[chunk] = 1;
      this.done = Math.min(this.done + 1, this.chunks);
    }
    this.buried(failures.filter(({ final }) => final).map(({ chunk }) => chunk));
  }

  buried(chunks: readonly number[]): void {
    for (const chunk of chunks) if (!this.#seen[chunk]) this.#failed.add(chunk);
  }

  /** A chunk that two segments account for is counted twice by whoever counts keys: never more than there are. */
  counted({ done, failed, active }: { done: number; failed: number; active: number }): void {
    this.done = Math.min(done, this.chunks);
    this.#failedElsewhere = failed;
    this.active = active;
  }

  fetching(objects: number, of: number): void {
    this.fetched = { objects, of };
  }

  lost(isLost: boolean): void {
    this.isLost = isLost;
  }

  get failed(): number {
    return this.#failed.size + this.#failedElsewhere;
  }
}
