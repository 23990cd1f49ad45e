/** Before the next start, after so many failed ones in a row; after as many as there are pauses it is given up. */
const PAUSES_MS: readonly number[] = [0, 0, 100, 200, 400, 800];
export const MOST_IN_A_ROW = PAUSES_MS.length;

/** Counts starts of slots that failed, one after the other: what fails each time is not to be tried for ever. Times are in ms. */
export class StartFailures {
  #inARow = 0;
  #latestMs = Number.NEGATIVE_INFINITY;

  get areTooMany(): boolean {
    return this.#inARow >= MOST_IN_A_ROW;
  }

  /** When the next start is due. */
  get nextMs(): number {
    return this.#latestMs + (PAUSES_MS[this.#inARow] ?? 0);
  }

  succeeded(): void {
    this.#inARow = 0;
  }

  /** Slots that were started together and fail together failed once. */
  failed({ startedMs, nowMs }: { readonly startedMs: number; readonly nowMs: number }): void {
    if (startedMs >= this.#latestMs) this.#inARow++;
    this.#latestMs = nowMs;
  }
}
