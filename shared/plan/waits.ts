/** How messages of a job with a limit wait where no seat is free: each is sent again with a delay that grows, and differs. Pure. */

const GROWTH = 1.5;
/** Delays grow no further from here on: about two minutes. */
const LAST_GROWTH = 12;
/** A worker that found a seat too dear lets the message wait as many times more, for those that have theirs. */
const FURTHER_WAITS = 12;

const meanSeconds = (waited: number) => GROWTH ** Math.min(waited, LAST_GROWTH);

/** The delay before the message comes for the next time, having waited so often. `random` is in [0, 1). */
export const waitSeconds = (waited: number, random: number) =>
  Math.round(meanSeconds(waited) * (0.5 + random));

export const LONGEST_WAIT_MS = 1500 * meanSeconds(LAST_GROWTH);

/**
 * After how many waits a worker may pay for a seat of its own, and after how many the job is over: an invocation that had a seat when the
 * message came first has ended by then, so workers that do not come back may be gone; and ill luck is not that long. `longestMs` is what one can take.
 */
export function waitsFor(longestMs: number): { readonly toBuy: number; readonly most: number } {
  let [toBuy, seconds] = [0, 0];
  while (1000 * seconds < longestMs || toBuy < LAST_GROWTH) seconds += meanSeconds(toBuy++);
  return { toBuy, most: toBuy + FURTHER_WAITS };
}
