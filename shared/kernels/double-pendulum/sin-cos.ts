/**
 * Sine and cosine from + - * and rounding down alone, so that every engine and processor gives the same bits;
 * Math.sin may not. Polynomials and the split of π/2 are fdlibm's (k_sin.c, k_cos.c, e_rem_pio2.c); the error
 * is below 1e-15 for |x| up to 1e5.
 */
const TWO_OVER_PI = 0.6366197723675814;
/** π/2 in three parts, the first two short enough that their multiples are exact. */
const HALF_PI_1 = 1.5707963267341256;
const HALF_PI_2 = 6.077100506303966e-11;
const HALF_PI_3 = 2.0222662487959506e-21;

/** sin r = r + r³ (S1 + r² (S2 + …)), cos r = 1 - r²/2 + r⁴ (C1 + r² (C2 + …)) for |r| <= π/4. */
const S1 = -0.16666666666666632;
const S2 = 0.00833333333332249;
const S3 = -0.0001984126982985795;
const S4 = 2.7557313707070068e-6;
const S5 = -2.5050760253406863e-8;
const S6 = 1.58969099521155e-10;
const C1 = 0.0416666666666666;
const C2 = -0.001388888888887411;
const C3 = 2.480158728947673e-5;
const C4 = -2.7557314351390663e-7;
const C5 = 2.087572321298175e-9;
const C6 = -1.1359647557788195e-11;

/** Writes sin(x) to out[0] and cos(x) to out[1]; `x` in radians. No array is made: this is the inner loop. */
export function sinCos(x: number, out: Float64Array): void {
  const quarter = Math.floor(x * TWO_OVER_PI + 0.5);
  const r = x - quarter * HALF_PI_1 - quarter * HALF_PI_2 - quarter * HALF_PI_3;
  const z = r * r;
  const sine = r + r * z * (S1 + z * (S2 + z * (S3 + z * (S4 + z * (S5 + z * S6)))));
  const cosine = 1 - 0.5 * z + z * z * (C1 + z * (C2 + z * (C3 + z * (C4 + z * (C5 + z * C6)))));
  const turned = quarter - 4 * Math.floor(quarter / 4);
  out[0] = turned === 0 ? sine : turned === 1 ? cosine : turned === 2 ? -sine : -cosine;
  out[1] = turned === 0 ? cosine : turned === 1 ? -sine : turned === 2 ? -cosine : sine;
}
