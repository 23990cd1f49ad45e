import { seededRandom } from "../../client/local/seeded-random.ts";
import { median } from "./statistics.ts";

const RESAMPLES = 2_000;
/** Of the resampled medians, what lies outside the interval on each side. */
const TAIL = 0.025;

/** A median with its interval. */
export interface Interval {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/**
 * The median with its 95 % interval by the percentile bootstrap: of 2,000 samples drawn with replacement from these, which are
 * the same each time. For differences of pairs, give the differences.
 */
export function medianInterval(values: readonly number[]): Interval {
  const random = seededRandom(values.length);
  const medians = Array.from({ length: RESAMPLES }, () =>
    median(values.map(() => values[Math.floor(random() * values.length)]!)),
  ).sort((a, b) => a - b);
  const at = (share: number) => medians[Math.round(share * (RESAMPLES - 1))] ?? Number.NaN;
  return { low: at(TAIL), median: median(values), high: at(1 - TAIL) };
}

/** "58 (55 to 61)". */
export function inWords({ low, median: middle, high }: Interval, digits = 0): string {
  return `${middle.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}
