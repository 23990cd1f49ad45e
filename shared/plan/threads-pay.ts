/** When a worker's threads are worth their start. Pure. */

/** Until two new threads have answered, docs/experiments/threads.md. */
const START_MS = 75;
/** The stated rate is a third of what kernels were seen to reach, see shared/plan/work.ts. */
const ESTIMATED_OVER_ACTUAL = 3;

/** What speaks for them. */
export interface Occasion {
  /** What a message's chunks are to take one thread, one after the other; 0 where nobody knows. */
  readonly estimatedMs: number;
  /** What this environment has computed on one thread where several could have shared it. */
  readonly missedMs: number;
}

/**
 * True where they save more than their start costs: in this message if the estimate is right, or in those to come, of
 * which there are likely to be as many as there were.
 */
export function threadsPay({ estimatedMs, missedMs }: Occasion, threads: number): boolean {
  return Math.max(estimatedMs / ESTIMATED_OVER_ACTUAL, missedMs) * savedShare(threads) > START_MS;
}

/** The estimate of a message for which they are started at once. */
export function paidFromMs(threads: number): number {
  return (ESTIMATED_OVER_ACTUAL * START_MS) / savedShare(threads);
}

const savedShare = (threads: number) => 1 - 1 / threads;
