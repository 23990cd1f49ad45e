/** exp and expm1, from exp-core.ts. */
import { EXP_LOW, expOf, expPair } from "./exp-core.ts";

/** e^x. */
export function exp(x: number): number {
  if (x > -745.2 && x < 709.8) return expOf(x, 0, 0);
  return x > 0 ? Number.POSITIVE_INFINITY : x < 0 ? 0 : Number.NaN;
}

/** expm1(x) = x + x²/2 + x³ (A3 + A4 x + …) for |x| <= 0.3; error 2^-62. */
const A3 = 0.16666666666666666;
const A4 = 0.04166666666666667;
const A5 = 0.008333333333332303;
const A6 = 0.0013888888888886387;
const A7 = 0.00019841269850426067;
const A8 = 2.4801587315190088e-5;
const A9 = 2.755729074182753e-6;
const A10 = 2.755728841756422e-7;
const A11 = 2.5088267184407307e-8;
const A12 = 2.090775002940293e-9;

/** e^x - 1, exact to the last bit near 0 too. */
export function expm1(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.3) {
    if (size < 5.551115123125783e-17) return x; // 2^-54
    const x2 = x * x;
    const x4 = x2 * x2;
    const low =
      A3 + A4 * x + x2 * (A5 + A6 * x) + x4 * (A7 + A8 * x + x2 * (A9 + A10 * x + x2 * (A11 + A12 * x)));
    return x + (0.5 * x2 + x * x2 * low);
  }
  if (size <= 40) {
    const y = expPair(x);
    const high = y - 1;
    return high + ((x > 0 ? y - high - 1 : y - (high + 1)) + EXP_LOW[0]!);
  }
  return x < 0 ? -1 : exp(x);
}
