/** What a page says of several runs, and how it writes numbers. */

/** The middle value, or the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = low] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}

export function medianOf<Run>(runs: readonly Run[], of: (run: Run) => number): number {
  return median(runs.map(of));
}

/** Median with the smallest and largest in brackets. */
export function spread(values: readonly number[], digits = 0): string {
  const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)].map((value) =>
    value.toFixed(digits),
  );
  return `${middle} (${least} to ${most})`;
}

/** The spread of a figure that each run has. */
export function spreadOf<Run>(runs: readonly Run[], of: (run: Run) => number, digits = 0): string {
  return spread(runs.map(of), digits);
}

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

/** With a comma for the thousands. */
export function grouped(value: number): string {
  return value.toLocaleString("en");
}
