/** asinh, acosh and atanh: logarithms of sums in two doubles, and polynomials of our own (test/python/maths) near 0. */
import { productError, sumError } from "./bits.ts";
import { LOG_LOW, logOf, logOfPair } from "./log-core.ts";

const LN2 = Math.LN2;
/** From here on x² ± 1 is x² for both. */
const LARGE = 268435456; // 2^28

/** asinh x = x + x³ (S3 + S5 x² + …) for |x| <= 0.2; error 2^-63. */
const S3 = -0.16666666666666666;
const S5 = 0.07499999999999461;
const S7 = -0.0446428571400164;
const S9 = 0.030381943873374433;
const S11 = -0.022372102639889046;
const S13 = 0.017349726366569094;
const S15 = -0.01387378132245649;
const S17 = 0.010111134166521462;

/** Inverse hyperbolic sine. */
export function asinh(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.2) {
    if (size < 7.450580596923828e-9) return x; // 2^-27
    const x2 = x * x;
    const upper = S11 + x2 * (S13 + x2 * (S15 + x2 * S17));
    return x + x * x2 * (S3 + x2 * (S5 + x2 * (S7 + x2 * (S9 + x2 * upper))));
  }
  const result = size < LARGE ? logOfSum(size, 1) : logOfDouble(size);
  return x < 0 ? -result : result;
}

/** Inverse hyperbolic cosine; NaN below 1. */
export function acosh(x: number): number {
  if (x >= LARGE) return logOfDouble(x);
  return x > 1 ? logOfSum(x, -1) : x === 1 ? 0 : Number.NaN;
}

/** log(x + √(x² + one)), for x up to LARGE. */
function logOfSum(x: number, one: 1 | -1): number {
  const square = x * x;
  const inside = square + one;
  const insideLow = sumError(square, one, inside) + productError(x, x, square);
  const root = Math.sqrt(inside);
  const again = root * root;
  const rootLow = (inside - again - productError(root, root, again) + insideLow) / (2 * root);
  const sum = x + root;
  return logOfPair(sum, sumError(x, root, sum) + rootLow);
}

/** log(2x), where 2x may overflow. */
function logOfDouble(x: number): number {
  if (!(x < Number.POSITIVE_INFINITY)) return x;
  const log = logOf(x);
  return log + (LN2 + LOG_LOW[0]!);
}

/** atanh x = x + x³ (T3 + T5 x² + …) for |x| <= 0.2; error 2^-61. */
const T3 = 0.3333333333333333;
const T5 = 0.20000000000003956;
const T7 = 0.14285714283647238;
const T9 = 0.11111111522262061;
const T11 = 0.09090868987196754;
const T13 = 0.07694426153245365;
const T15 = 0.06605019855729607;
const T17 = 0.0680315423664138;

/** Inverse hyperbolic tangent; NaN beyond ±1, where it is infinite. */
export function atanh(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.2) {
    if (size < 7.450580596923828e-9) return x; // 2^-27
    const x2 = x * x;
    const upper = T11 + x2 * (T13 + x2 * (T15 + x2 * T17));
    return x + x * x2 * (T3 + x2 * (T5 + x2 * (T7 + x2 * (T9 + x2 * upper))));
  }
  if (!(size < 1)) return size === 1 ? x * Number.POSITIVE_INFINITY : Number.NaN;
  // Half the logarithm of (1 + x) / (1 - x), in two doubles.
  const over = 1 + size;
  const under = 1 - size;
  const quotient = over / under;
  const product = quotient * under;
  const left = over - product - productError(quotient, under, product);
  const low = (left + (1 - over + size) - quotient * (1 - under - size)) / under;
  const sum = quotient + low;
  const result = 0.5 * logOfPair(sum, quotient - sum + low);
  return x < 0 ? -result : result;
}
