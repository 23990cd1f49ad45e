/** When a worker's threads are worth their start. Pure. */

/** Until two new threads have answered, docs/experiments/threads.md. */
const START_MS = 75;
/** The stated rate is a third of what kernels were seen to reach, see shared/plan/work-units.ts. */
const ESTIMATED_OVER_ACTUAL = 3;

/** The facts that speak for threads. */
export interface Occasion {
  /** The estimated time of a message's chunks on one thread, one after the other; 0 if unknown. */
  readonly estimatedMs: number;
  /** What this environment has computed on one thread where several could have shared it. */
  readonly missedMs: number;
}

/**
 * True if threads save more than their start costs: in this message if the estimate is right, or in later ones, which
 * are likely to be as many as the past ones.
 */
export function threadsPay({ estimatedMs, missedMs }: Occasion, threads: number): boolean {
  return Math.max(estimatedMs / ESTIMATED_OVER_ACTUAL, missedMs) * savedShare(threads) > START_MS;
}

/** The estimate of a message for which they are started at once. */
export function paidFromMs(threads: number): number {
  return (ESTIMATED_OVER_ACTUAL * START_MS) / savedShare(threads);
}

const savedShare = (threads: number) => 1 - 1 / threads;
