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
 * By what earlier predictions of the kind missed, each as ln(actual / predicted): their median corrects, and from RUNS_FOR_INTERVAL on
 * their spread is the interval (split conformal prediction).
 */
export function corrected(range: Range, residuals: readonly number[]): Range {
  if (residuals.length === 0 || range.expected === 0) return range;
  const sorted = residuals.toSorted((a, b) => a - b);
  const { low, expected, high } = range;
  const middle = Math.exp(quantile(sorted, 0.5));
  if (sorted.length < RUNS_FOR_INTERVAL)
    return { low: low * middle, expected: expected * middle, high: high * middle };
  return {
    low: expected * Math.exp(quantile(sorted, 0.1)),
    expected: expected * middle,
    high: expected * Math.exp(quantile(sorted, 0.9)),
  };
}

function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return below + (above - below) * (at % 1);
}
