/** asin, acos and atan: fdlibm's e_asin.c, e_acos.c and s_atan.c. atan2 from the last, with the quotient in two doubles. */
import { productError } from "./bits.ts";

const PI = Math.PI;
const PI_LOW = 1.2246467991473532e-16;
const HALF_PI = 1.5707963267948966;
const HALF_PI_LOW = 6.123233995736766e-17;
const QUARTER_PI = 0.7853981633974483;
/** 2^-64. */
const FAR = 5.421010862427522e-20;
/** Beyond these, 2^800 and 2^-800, atan2 takes both by 2^-200 or 2^200, which keeps the products' errors in range. */
const LARGE = 6.668014432879854e240;
const SMALL = 1.499696813895631e-241;
const SHRINK = 6.223015277861142e-61;
const GROW = 1.6069380442589903e60;

/** asin x = x + x R(x²) for |x| <= 0.5. */
const P0 = 0.16666666666666666;
const P1 = -0.3255658186224009;
const P2 = 0.20121253213486293;
const P3 = -0.04005553450067941;
const P4 = 0.0007915349942898145;
const P5 = 3.479331075960212e-5;
const Q1 = -2.403394911734414;
const Q2 = 2.0209457602335057;
const Q3 = -0.6882839716054533;
const Q4 = 0.07703815055590194;

function ratio(z: number): number {
  const over = z * (P0 + z * (P1 + z * (P2 + z * (P3 + z * (P4 + z * P5)))));
  return over / (1 + z * (Q1 + z * (Q2 + z * (Q3 + z * Q4))));
}

/** Arc sine in radians; NaN beyond ±1. */
export function asin(x: number): number {
  const size = Math.abs(x);
  if (size < 0.5) return size < 7.450580596923828e-9 ? x : x + x * ratio(x * x);
  if (!(size < 1)) return size === 1 ? x * HALF_PI : Number.NaN;
  const z = (1 - size) * 0.5;
  const root = Math.sqrt(z);
  const rest = ratio(z);
  let result: number;
  if (size > 0.975) result = HALF_PI - (2 * (root + root * rest) - HALF_PI_LOW);
  else {
    const high = Math.fround(root);
    const low = (z - high * high) / (root + high);
    result = QUARTER_PI - (2 * root * rest - (HALF_PI_LOW - 2 * low) - (QUARTER_PI - 2 * high));
  }
  return x < 0 ? -result : result;
}

/** Arc cosine in radians; NaN beyond ±1. */
export function acos(x: number): number {
  const size = Math.abs(x);
  if (size < 0.5) return HALF_PI - (x - (HALF_PI_LOW - x * ratio(x * x)));
  if (!(size < 1)) return x === 1 ? 0 : x === -1 ? PI : Number.NaN;
  const z = (1 - size) * 0.5;
  const root = Math.sqrt(z);
  if (x < 0) return 2 * (HALF_PI - (root + (ratio(z) * root - HALF_PI_LOW)));
  const high = Math.fround(root);
  const low = (z - high * high) / (root + high);
  return 2 * (high + (ratio(z) * root + low));
}

const A0 = 0.3333333333333293;
const A1 = -0.19999999999876483;
const A2 = 0.14285714272503466;
const A3 = -0.11111110405462356;
const A4 = 0.09090887133436507;
const A5 = -0.0769187620504483;
const A6 = 0.06661073137387531;
const A7 = -0.058335701337905735;
const A8 = 0.049768779946159324;
const A9 = -0.036531572744216916;
const A10 = 0.016285820115365782;

/** What the larger part of an arc that `arcOf` returned lacks. */
const ARC_LOW = /* @__PURE__ */ new Float64Array(1);

/** atan(x + low) for x >= 0: the larger part, the smaller one in ARC_LOW[0]; the error of both is below 0.4 ulp. */
function arcOf(x: number, low: number): number {
  let base = 0;
  let rest = low;
  let r = x;
  if (x >= 0.4375) {
    rest = low / (1 + x * x);
    if (x < 0.6875) {
      base = 0.4636476090008061;
      rest += 2.2698777452961687e-17;
      r = (2 * x - 1) / (2 + x);
    } else if (x < 1.1875) {
      base = QUARTER_PI;
      rest += 3.061616997868383e-17;
      r = (x - 1) / (x + 1);
    } else if (x < 2.4375) {
      base = 0.982793723247329;
      rest += 1.3903311031230998e-17;
      r = (x - 1.5) / (1 + 1.5 * x);
    } else {
      base = HALF_PI;
      rest += HALF_PI_LOW;
      r = -1 / x;
    }
  }
  const z = r * r;
  const w = z * z;
  const evens = z * (A0 + w * (A2 + w * (A4 + w * (A6 + w * (A8 + w * A10)))));
  const odds = w * (A1 + w * (A3 + w * (A5 + w * (A7 + w * A9))));
  rest -= r * (evens + odds);
  ARC_LOW[0] = base === 0 ? rest : r + rest;
  return base === 0 ? r : base;
}

/** Arc tangent in radians. */
export function atan(x: number): number {
  const size = Math.abs(x);
  if (size < 7.450580596923828e-9) return x; // 2^-27
  if (!(size < 7.378697629483821e19)) return size > 0 ? (x < 0 ? -HALF_PI : HALF_PI) : x; // 2^66
  const result = arcOf(size, 0) + ARC_LOW[0]!;
  return x < 0 ? -result : result;
}

/** Angle of the point (x, y) in radians, -π to π; the signs of zeros count, as in ECMAScript. */
export function atan2(y: number, x: number): number {
  const up = Math.abs(y);
  const along = Math.abs(x);
  if (!(up >= 0 && along >= 0)) return Number.NaN;
  const left = x < 0 || (x === 0 && 1 / x < 0);
  const result = angleOf(up, along, left);
  return y < 0 || (y === 0 && 1 / y < 0) ? -result : result;
}

function angleOf(up: number, along: number, left: boolean): number {
  if (up === 0) return left ? PI : 0;
  if (along === 0) return HALF_PI;
  if (up === Number.POSITIVE_INFINITY) {
    return along < up ? HALF_PI : left ? 2.356194490192345 : QUARTER_PI;
  }
  // Far from each other: the smaller one does not count, or the arc is the quotient.
  if (up * FAR > along) return HALF_PI;
  if (along * FAR > up) return left ? PI : up / along;
  const scale = up > LARGE || along > LARGE ? SHRINK : up < SMALL || along < SMALL ? GROW : 1;
  const over = up * scale;
  const under = along * scale;
  const quotient = over / under;
  const product = quotient * under;
  const high = arcOf(quotient, (over - product - productError(quotient, under, product)) / under);
  const low = ARC_LOW[0]!;
  if (!left) return high + low;
  const rest = PI - high;
  return rest + (PI - rest - high + (PI_LOW - low));
}
