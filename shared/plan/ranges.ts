/** Amounts that are predicted: an expectation and an interval. Pure. */

/** An amount that is not known yet: between `low` and `high` in 80 of 100 cases. */
export interface Range {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

/** 80 % of a normal distribution lie within this many deviations. */
export const Z_80 = 1.2816;

/** What follows from an uncertain amount, where ln(actual / predicted) has this `deviation` beside, as if the two were independent. */
export function spread(amount: Range, of: (amount: number) => number, deviation: number): Range {
  const expected = of(amount.expected);
  const factor = (end: number) => Math.exp(Math.hypot(Math.log(of(end) / expected), Z_80 * deviation));
  return { low: expected / factor(amount.low), expected, high: expected * factor(amount.high) };
}

/** From this many runs on, intervals are those of the runs. */
const RUNS_FOR_INTERVAL = 20;

/**
 * How far earlier predictions of the kind were off, each as ln(actual / predicted), as a factor: their median, of few of them only a part,
 * since a single run may have been an odd one.
 */
export function correctionBy(residuals: readonly number[]): number {
  const { length } = residuals;
  if (length === 0) return 1;
  const middle = quantile(
    residuals.toSorted((a, b) => a - b),
    0.5,
  );
  return Math.exp((middle * length) / (length + 1));
}

/** Corrected by that factor; from RUNS_FOR_INTERVAL on the residuals' spread is the interval (split conformal prediction). */
export function corrected(range: Range, residuals: readonly number[]): Range {
  if (range.expected === 0) return range;
  const { low, expected, high } = scaled(range, correctionBy(residuals));
  if (residuals.length < RUNS_FOR_INTERVAL) return { low, expected, high };
  const sorted = residuals.toSorted((a, b) => a - b);
  return {
    low: Math.min(expected, range.expected * Math.exp(quantile(sorted, 0.1))),
    expected,
    high: Math.max(expected, range.expected * Math.exp(quantile(sorted, 0.9))),
  };
}

export function scaled({ low, expected, high }: Range, factor: number): Range {
  return { low: low * factor, expected: expected * factor, high: high * factor };
}

function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return below + (above - below) * (at % 1);
}
