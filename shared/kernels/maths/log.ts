/** log, log1p, log2 and log10, from log-core.ts. */
import { LOG_LOW, log1pOfSmall, logOf, logOfPair } from "./log-core.ts";

/** Natural logarithm; NaN below 0, -Infinity at 0. */
export function log(x: number): number {
  if (x > 0 && x < Number.POSITIVE_INFINITY) return logOf(x);
  return ofOthers(x);
}

function ofOthers(x: number): number {
  return x === 0 ? Number.NEGATIVE_INFINITY : x > 0 ? x : Number.NaN;
}

/** log(1 + x), exact to the last bit near 0 too. */
export function log1p(x: number): number {
  const size = Math.abs(x);
  if (size < 0.00390625) return size < 5.551115123125783e-17 ? x : log1pOfSmall(x);
  if (!(x > -1 && x < Number.POSITIVE_INFINITY)) return ofOthers(1 + x);
  const sum = 1 + x;
  return logOfPair(sum, size < 1 ? x - (sum - 1) : 1 - (sum - x));
}

/** Logarithm to the base 2; exact at powers of two. */
export function log2(x: number): number {
  if (!(x > 0 && x < Number.POSITIVE_INFINITY)) return ofOthers(x);
  return times(logOf(x), 1.4426950216293335, 1.9259629911266175e-8, Math.LOG2E);
}

/** Logarithm to the base 10; exact at powers of ten. */
export function log10(x: number): number {
  if (!(x > 0 && x < Number.POSITIVE_INFINITY)) return ofOthers(x);
  return times(logOf(x), 0.4342944771051407, 4.798111141615973e-9, Math.LOG10E);
}

/** (y + LOG_LOW) (high + low), where `high` has at most 29 bits, and `whole` is the sum, rounded. */
function times(y: number, high: number, low: number, whole: number): number {
  const yHigh = Math.fround(y);
  return yHigh * high + (yHigh * low + (y - yHigh + LOG_LOW[0]!) * whole);
}
