/**
 * The pauses before the next start, by the number of failed starts in a row; after the last pause the pool gives up.
 */
const PAUSES_MS: readonly number[] = [0, 0, 100, 200, 400, 800];
export const MOST_IN_A_ROW = PAUSES_MS.length;

/** Counts failed starts in a row, because a start that always fails must not be tried for ever. Times are in ms. */
export class StartFailures {
  #inARow = 0;
  #latestMs = Number.NEGATIVE_INFINITY;

  get areTooMany(): boolean {
    return this.#inARow >= MOST_IN_A_ROW;
  }

  /** The time when the next start is due. */
  get nextMs(): number {
    return this.#latestMs + (PAUSES_MS[this.#inARow] ?? 0);
  }

  succeeded(): void {
    this.#inARow = 0;
  }

  /** Slots that were started together and fail together count as one failure. */
  failed({ startedMs, nowMs }: { readonly startedMs: number; readonly nowMs: number }): void {
    if (startedMs >= this.#latestMs) this.#inARow++;
    this.#latestMs = nowMs;
  }
}
