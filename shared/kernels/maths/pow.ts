/** pow, from log-core.ts and exp-core.ts: the method of Arm's optimized-routines (math/pow.c; also in musl). */
import { expOf } from "./exp-core.ts";
import { LOG_LOW, logOf, logOfNormal, SMALLEST_NORMAL } from "./log-core.ts";

/** 2^-65 and 2^63: all powers with exponents beyond are 1, or 0 or infinite. */
const TINY = 2.710505431213761e-20;
const HUGE = 9.223372036854776e18;

/** x to the power of y, and so x ** y, with ECMAScript's cases: NaN for pow(±1, ±Infinity), 1 for pow(NaN, 0). */
export function pow(x: number, y: number): number {
  const size = Math.abs(y);
  // logOfNormal and not logOf: V8 inlines all of this into the caller's loop as long as it is small.
  if (x >= SMALLEST_NORMAL && x < Number.POSITIVE_INFINITY && size > TINY && size < HUGE)
    return expOfProduct(logOfNormal(x, 0), y);
  return ofOthers(x, y);
}

/** e^((log + LOG_LOW) y). */
function expOfProduct(log: number, y: number): number {
  // The product in two parts: the first is of 24 bits each and exact.
  const yHigh = Math.fround(y);
  const logHigh = Math.fround(log);
  const high = yHigh * logHigh;
  if (high > 710) return Number.POSITIVE_INFINITY;
  if (high < -746) return 0;
  return expOf(high, (y - yHigh) * logHigh + y * (log - logHigh + LOG_LOW[0]!), 0);
}

function ofOthers(x: number, y: number): number {
  if (y === 0) return 1;
  const size = Math.abs(x);
  const exponent = Math.abs(y);
  if (!(size >= 0 && exponent >= 0)) return Number.NaN;
  if (exponent === Number.POSITIVE_INFINITY && size === 1) return Number.NaN;
  // Every double of 2^53 or more is even.
  const whole = Math.floor(y) === y;
  const odd = whole && Math.floor(y * 0.5) !== y * 0.5;
  if (size === 0 || size === Number.POSITIVE_INFINITY) {
    const result = size > 0 === y > 0 ? Number.POSITIVE_INFINITY : 0;
    return odd && (x < 0 || 1 / x < 0) ? -result : result;
  }
  if (x < 0 && !whole) return Number.NaN;
  const result = ofSize(size, y, exponent);
  return x < 0 && odd ? -result : result;
}

function ofSize(size: number, y: number, exponent: number): number {
  if (exponent <= TINY || size === 1) return 1;
  if (exponent >= HUGE) return size > 1 === y > 0 ? Number.POSITIVE_INFINITY : 0;
  return expOfProduct(logOf(size), y);
}
