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
  const sorted = Float64Array.from(values).sort();
  const medians = Float64Array.from({ length: RESAMPLES }, () => medianOfResample(sorted, random)).sort();
  const at = (share: number) => medians[Math.round(share * (RESAMPLES - 1))] ?? Number.NaN;
  return { low: at(TAIL), median: median(values), high: at(1 - TAIL) };
}

/** Counts how often each value is drawn, which needs no sorting: a page has hundreds of intervals. */
function medianOfResample(sorted: Float64Array, random: () => number): number {
  const { length } = sorted;
  const drawn = new Uint32Array(length);
  for (let k = 0; k < length; k++) drawn[Math.floor(random() * length)]!++;
  const valueAt = (place: number) => {
    let k = 0;
    for (let below = drawn[0]!; below <= place; below += drawn[++k]!);
    return sorted[k]!;
  };
  return (valueAt((length - 1) >> 1) + valueAt(length >> 1)) / 2;
}

/** "58 (55 to 61)". */
export function inWords({ low, median: middle, high }: Interval, digits = 0): string {
  return `${middle.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}
