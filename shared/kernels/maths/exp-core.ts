/**
 * e^x in a table of 2^(i/64) and a polynomial: the method of exp_inline in Arm's optimized-routines (math/pow.c; also in
 * musl), with tables and coefficients of our own (test/python/maths), and without FMA.
 */
import { scaled } from "./bits.ts";
import { EXP_TABLE } from "./exp-table.generated.ts";

const SHIFT = 6755399441055744; // 1.5 * 2^52: adding it rounds to an integer
const STEPS_PER_ONE = 92.33248261689366; // 64 / ln 2
/** ln 2 / 64 in two parts: up to 2^17 times the first is exact. */
const STEP_HIGH = 0.010830424696223417;
const STEP_LOW = 2.572804622327669e-14;
/** e^r = 1 + r + r² (C2 + C3 r + …) for |r| <= ln 2 / 128; error 2^-69. */
const C2 = 0.5;
const C3 = 0.16666666666661334;
const C4 = 0.04166666666664933;
const C5 = 0.008333340607738868;
const C6 = 0.0013888901619098204;

/** What `expPair` returned, rounded, lacks of the whole. */
export const EXP_LOW = /* @__PURE__ */ new Float64Array(1);

/** 2^shift e^(x + tail), for -10,000 < x < 10,000 and |tail| < 2^-20; error 0.51 ulp, also where the result is subnormal. */
export function expOf(x: number, tail: number, shift: number): number {
  const steps = x * STEPS_PER_ONE + SHIFT - SHIFT;
  const n = steps | 0;
  const at = (n & 63) << 1;
  const r = x - steps * STEP_HIGH - steps * STEP_LOW + tail;
  const r2 = r * r;
  const rest = EXP_TABLE[at]! + r + r2 * (C2 + r * C3 + r2 * (C4 + r * C5 + r2 * C6));
  const scale = EXP_TABLE[at + 1]!;
  const y = scale + scale * rest;
  const e = (n >> 6) + shift;
  return e >= -1022 && e <= 1023 ? scaled(y, e) : atEnds(y, scale - y + scale * rest, e);
}

/** (y + low) * 2^e, rounded once, where that is subnormal or nearly or quite infinite. */
function atEnds(y: number, low: number, e: number): number {
  if (e > 0) return scaled(y, 1023) * scaled(1, e - 1023);
  if (e < -1076) return 0;
  const toLastBit = scaled(1, -1022 - e); // adding it rounds where the result's last bit is
  const sum = toLastBit + y;
  return scaled((sum + (toLastBit - sum + y + low) - toLastBit) * 0.25, e + 2);
}

/** e^x with some 66 bits, for |x| <= 80: the double, and what it lacks in EXP_LOW[0]. */
export function expPair(x: number): number {
  const steps = x * STEPS_PER_ONE + SHIFT - SHIFT;
  const n = steps | 0;
  const at = (n & 63) << 1;
  const r = x - steps * STEP_HIGH - steps * STEP_LOW;
  const r2 = r * r;
  const rest = EXP_TABLE[at]! + r + r2 * (C2 + r * C3 + r2 * (C4 + r * C5 + r2 * C6));
  const scale = scaled(EXP_TABLE[at + 1]!, n >> 6);
  const low = scale * rest;
  const y = scale + low;
  EXP_LOW[0] = scale - y + low;
  return y;
}
