/** sinh, cosh and tanh: e^x and e^-x in two doubles each, and polynomials of our own (test/python/maths) near 0. */
import { productError } from "./bits.ts";
import { EXP_LOW, expOf, expPair } from "./exp-core.ts";

/** sinh x = x + x³ (S3 + S5 x² + …) for |x| <= 0.5; error 2^-64. */
const S3 = 0.16666666666666666;
const S5 = 0.008333333333333299;
const S7 = 0.0001984126984132424;
const S9 = 2.7557319191363643e-6;
const S11 = 2.505211769941287e-8;
const S13 = 1.6057679312223042e-10;
const S15 = 7.746188979486805e-13;

/** Hyperbolic sine. */
export function sinh(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.5) {
    if (size < 7.450580596923828e-9) return x; // 2^-27
    const x2 = x * x;
    return x + x * x2 * (S3 + x2 * (S5 + x2 * (S7 + x2 * (S9 + x2 * (S11 + x2 * (S13 + x2 * S15))))));
  }
  if (size <= 24) {
    const rising = expPair(size);
    const risingLow = EXP_LOW[0]!;
    const falling = expPair(-size);
    const high = rising - falling;
    const result = 0.5 * (high + (rising - high - falling + (risingLow - EXP_LOW[0]!)));
    return x < 0 ? -result : result;
  }
  return x < 0 ? -halfExp(size) : halfExp(size);
}

/** Hyperbolic cosine. */
export function cosh(x: number): number {
  const size = Math.abs(x);
  if (!(size <= 24)) return halfExp(size);
  const rising = expPair(size);
  const risingLow = EXP_LOW[0]!;
  const falling = expPair(-size);
  const high = rising + falling;
  return 0.5 * (high + (rising - high + falling + (risingLow + EXP_LOW[0]!)));
}

/** e^x / 2 for x >= 24; it overflows later than e^x. NaN of NaN. */
function halfExp(x: number): number {
  return x < 711 ? expOf(x, 0, -1) : x > 0 ? Number.POSITIVE_INFINITY : Number.NaN;
}

/** tanh x = x + x³ (T3 + T5 x² + …) for |x| <= 0.4; error 2^-63. */
const T3 = -0.3333333333333333;
const T5 = 0.1333333333333326;
const T7 = -0.05396825396810204;
const T9 = 0.021869488523912777;
const T11 = -0.008863235028366168;
const T13 = 0.0035921162120123567;
const T15 = -0.0014556640938442158;
const T17 = 0.0005885001946266676;
const T19 = -0.0002307479379418672;
const T21 = 7.064841004346817e-5;

/** Hyperbolic tangent. */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.4) {
    if (size < 7.450580596923828e-9) return x; // 2^-27
    const x2 = x * x;
    const x4 = x2 * x2;
    const upper = T13 + x2 * T15 + x4 * (T17 + x2 * T19 + x4 * T21);
    return x + x * x2 * (T3 + x2 * T5 + x4 * (T7 + x2 * T9 + x4 * (T11 + x2 * upper)));
  }
  if (size > 22) return x < 0 ? -1 : 1;
  if (!(size <= 22)) return Number.NaN;
  // (e^2x - 1) / (e^2x + 1): numerator, denominator and quotient in two doubles each.
  const e = expPair(2 * size);
  const over = e - 1;
  const overLow = e - over - 1 + EXP_LOW[0]!;
  const under = e + 1;
  const underLow = e - under + 1 + EXP_LOW[0]!;
  const quotient = over / under;
  const product = quotient * under;
  const left = over - product - productError(quotient, under, product) + overLow - quotient * underLow;
  const result = quotient + left / under;
  return x < 0 ? -result : result;
}
