/**
 * log x in a table of logarithms and a polynomial, to some 68 bits: the method of log_inline in Arm's optimized-routines
 * (math/pow.c; also in musl), with tables and coefficients of our own (test/python/maths), and without FMA.
 */
import { highWord, scaled } from "./bits.ts";
import { LOG_TABLE } from "./log-table.generated.ts";

/** Where the table begins: 1 is in the middle of an interval, whose row is 1, 0, 0. */
const FIRST_HIGH_WORD = 0x3fe62000;
/** ln 2 in two parts: up to 2^11 times the first is exact, and so is adding a logarithm of the table. */
const LN2_HIGH = 0.6931471805598903;
const LN2_LOW = 5.497923018708371e-14;
/** log(1 + r) = r - r²/2 + r³ (B3 + B4 r + …) for |r| < 2^-7 + 2^-9; error 2^-76. */
const B3 = 0.3333333333333333;
const B4 = -0.2500000000000095;
const B5 = 0.20000000000003082;
const B6 = -0.16666666587074472;
const B7 = 0.14285714151335324;
const B8 = -0.1250166910533796;
const B9 = 0.11113062049093718;

export const SMALLEST_NORMAL = 2.2250738585072014e-308;

/** What `logOf` returned, rounded, lacks of the whole. */
export const LOG_LOW = /* @__PURE__ */ new Float64Array(1);

/** log x for finite x > 0; what it lacks is in LOG_LOW[0]. */
export function logOf(x: number): number {
  return x < SMALLEST_NORMAL ? logOfNormal(x * 18014398509481984, -54) : logOfNormal(x, 0);
}

/** log(x + low) for |low| at most a unit in x's last place, likewise. */
export function logOfPair(x: number, low: number): number {
  const log = logOf(x);
  const rest = LOG_LOW[0]! + low / x;
  const y = log + rest;
  LOG_LOW[0] = log - y + rest;
  return y;
}

/** log x + bias log 2 for normal x, likewise. */
export function logOfNormal(x: number, bias: number): number {
  const above = highWord(x) - FIRST_HIGH_WORD;
  const k = above >> 20;
  const at = ((above >> 14) & 63) * 3;
  const inverse = LOG_TABLE[at]!;
  const z = scaled(x, -k); // 0.69 to 1.38
  // zHigh has 24 bits and `inverse` 10, so that rHigh and its square are exact.
  const zHigh = Math.fround(z);
  const rHigh = zHigh * inverse - 1;
  const rLow = (z - zHigh) * inverse;
  const r = rHigh + rLow;
  const exponent = k + bias;
  const known = exponent * LN2_HIGH + LOG_TABLE[at + 1]!;
  const first = known + r;
  const half = -0.5 * rHigh;
  const square = rHigh * half;
  const high = first + square;
  const r2 = r * r;
  const cubic = r * r2 * (B3 + r * B4 + r2 * (B5 + r * B6 + r2 * (B7 + r * B8 + r2 * B9)));
  const rest =
    exponent * LN2_LOW +
    LOG_TABLE[at + 2]! +
    (known - first + r) +
    (rHigh - r + rLow) +
    rLow * (half - 0.5 * r) +
    (first - high + square) +
    cubic;
  const y = high + rest;
  LOG_LOW[0] = high - y + rest;
  return y;
}

/** log(1 + x) for |x| < 2^-8; error 0.51 ulp. */
export function log1pOfSmall(x: number): number {
  const x2 = x * x;
  const cubic = x * x2 * (B3 + x * B4 + x2 * (B5 + x * B6 + x2 * (B7 + x * B8 + x2 * B9)));
  return x - (0.5 * x2 - cubic);
}
