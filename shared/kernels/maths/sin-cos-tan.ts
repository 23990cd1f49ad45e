/** sin, cos and tan: fdlibm's k_sin.c, k_cos.c and k_tan.c (FreeBSD's version of the last). */
import { quarterOf, REST } from "./rem-pio2.ts";

const QUARTER_PI = 0.7853981633974483;
const TINY = 7.450580596923828e-9; // 2^-27

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

/** Sine of x in radians, of any size. */
export function sin(x: number): number {
  const size = Math.abs(x);
  if (size <= QUARTER_PI) return size < TINY ? x : sine(x, 0);
  const quarter = quarterOf(x);
  const r = REST[0]!;
  const low = REST[1]!;
  const result = quarter & 1 ? cosine(r, low) : sine(r, low);
  return quarter & 2 ? -result : result;
}

/** Cosine of x in radians, of any size. */
export function cos(x: number): number {
  if (Math.abs(x) <= QUARTER_PI) return cosine(x, 0);
  const quarter = quarterOf(x);
  const r = REST[0]!;
  const low = REST[1]!;
  const result = quarter & 1 ? sine(r, low) : cosine(r, low);
  return (quarter + 1) & 2 ? -result : result;
}

/** Tangent of x in radians, of any size. */
export function tan(x: number): number {
  const size = Math.abs(x);
  if (size <= QUARTER_PI) return size < TINY ? x : tangent(x, 0, 0);
  const quarter = quarterOf(x);
  return tangent(REST[0]!, REST[1]!, quarter & 1);
}

function sine(r: number, low: number): number {
  const z = r * r;
  const w = z * z;
  const upper = S2 + z * (S3 + z * S4) + z * w * (S5 + z * S6);
  const cube = z * r;
  return r - (z * (0.5 * low - cube * upper) - low - cube * S1);
}

function cosine(r: number, low: number): number {
  const z = r * r;
  const w = z * z;
  const upper = z * (C1 + z * (C2 + z * C3)) + w * w * (C4 + z * (C5 + z * C6));
  const half = 0.5 * z;
  const first = 1 - half;
  return first + (1 - first - half + (z * upper - r * low));
}

const T0 = 0.3333333333333341;
const T1 = 0.13333333333320124;
const T2 = 0.05396825397622605;
const T3 = 0.021869488294859542;
const T4 = 0.0088632398235993;
const T5 = 0.0035920791075913124;
const T6 = 0.0014562094543252903;
const T7 = 0.0005880412408202641;
const T8 = 0.0002464631348184699;
const T9 = 7.817944429395571e-5;
const T10 = 7.140724913826082e-5;
const T11 = -1.8558637485527546e-5;
const T12 = 2.590730518636337e-5;

/** tan(r + low) if `odd` is 0, else -1 / tan(r + low), for |r| <= π/4. */
function tangent(r: number, low: number, odd: number): number {
  const big = Math.abs(r) >= 0.6743316650390625;
  const sign = r < 0 ? -1 : 1;
  // tan(π/4 - y) = (1 - tan y) / (1 + tan y)
  const x = big ? QUARTER_PI - sign * r + (3.061616997868383e-17 - sign * low) : r;
  const y = big ? 0 : low;
  const z = x * x;
  const w = z * z;
  const odds = T1 + w * (T3 + w * (T5 + w * (T7 + w * (T9 + w * T11))));
  const evens = z * (T2 + w * (T4 + w * (T6 + w * (T8 + w * (T10 + w * T12)))));
  const cube = z * x;
  const rest = y + z * (cube * (odds + evens) + y) + cube * T0;
  const sum = x + rest;
  if (big) {
    const one = 1 - 2 * odd;
    return sign * (one - 2 * (x + (rest - (sum * sum) / (sum + one))));
  }
  if (odd === 0) return sum;
  // -1 / sum with its error, by parts short enough that their product is exact.
  const high = Math.fround(sum);
  const left = rest - (high - x);
  const inverse = -1 / sum;
  const inverseHigh = Math.fround(inverse);
  return inverseHigh + inverse * (1 + inverseHigh * high + inverseHigh * left);
}
