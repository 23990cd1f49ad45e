/** x modulo π/2, for sin, cos and tan: fdlibm's e_rem_pio2.c up to 2^20 π/2, Payne and Hanek's way beyond. */
import { highWord, productError, scaled } from "./bits.ts";
import { TWO_OVER_PI } from "./two-over-pi.generated.ts";

const SHIFT = 6755399441055744; // 1.5 * 2^52: adding it rounds to an integer
/** 2^-24, what a digit weighs beside the one before it. */
const DIGIT = 5.9604644775390625e-8;
const INVERSE = 0.6366197723675814;
/** π/2 in parts of 33 bits, up to 2^20 times which are exact, each followed by all that is left after it. */
const PART_1 = 1.5707963267341256;
const REST_1 = 6.077100506506192e-11;
const PART_2 = 6.077100506303966e-11;
const REST_2 = 2.0222662487959506e-21;
const PART_3 = 2.0222662487111665e-21;
const REST_3 = 8.4784276603689e-32;
/** What is left is below 2^-16 or 2^-49 of x: that many bits cancelled. */
const CANCELS_16 = 1.52587890625e-5;
const CANCELS_49 = 1.7763568394002505e-15;
/** π/2 in two doubles. */
const HALF_PI = 1.5707963267948966;
const HALF_PI_LOW = 6.123233995736766e-17;

/** What is left of x, in two doubles. */
export const REST = /* @__PURE__ */ new Float64Array(2);

/** The multiple of π/2 that is next to the finite x, modulo 4; x less that multiple goes to REST. */
export function quarterOf(x: number): number {
  const size = Math.abs(x);
  if (!(size < 1647099)) return size < Number.POSITIVE_INFINITY ? quarterOfLarge(x, size) : none();
  const quarters = x * INVERSE + SHIFT - SHIFT;
  let left = x - quarters * PART_1;
  let low = quarters * REST_1;
  let high = left - low;
  if (Math.abs(high) < size * CANCELS_16) {
    const before = left;
    const part = quarters * PART_2;
    left = before - part;
    low = quarters * REST_2 - (before - left - part);
    high = left - low;
    if (Math.abs(high) < size * CANCELS_49) {
      const then = left;
      const third = quarters * PART_3;
      left = then - third;
      low = quarters * REST_3 - (then - left - third);
      high = left - low;
    }
  }
  REST[0] = high;
  REST[1] = left - high - low;
  return quarters & 3;
}

function none(): number {
  REST[0] = Number.NaN;
  REST[1] = Number.NaN;
  return 0;
}

/**
 * x is digits of 24 bits times a power of two, 2/π is digits of 24 bits: their product, without the digits that only add
 * multiples of 4 and those below 2^-120, is summed exactly.
 */
function quarterOfLarge(x: number, size: number): number {
  const exponent = ((highWord(size) >> 20) & 0x7ff) - 1023 - 23;
  const m = scaled(size, -exponent); // 2^23 to 2^24
  const x0 = Math.floor(m);
  const x1 = Math.floor((m - x0) * 16777216);
  const x2 = (m - x0) * 281474976710656 - x1 * 16777216;
  const first = Math.max(0, Math.floor((exponent - 2) / 24));
  const digit = (at: number) => (at < 0 ? 0 : TWO_OVER_PI[at]!);
  const productAt = (at: number) => x0 * digit(at) + x1 * digit(at - 1) + x2 * digit(at - 2);
  // Each digit but d0 is below 2^24; what an eighth would carry is below 2^-160.
  let carry = 0;
  const carried = (at: number) => {
    const sum = productAt(first + at) + carry;
    carry = Math.floor(sum * DIGIT);
    return sum - carry * 16777216;
  };
  const d7 = carried(7);
  const d6 = carried(6);
  const d5 = carried(5);
  const d4 = carried(4);
  const d3 = carried(3);
  const d2 = carried(2);
  const d1 = carried(1);
  const d0 = productAt(first) + carry;
  const weight = scaled(1, exponent - 24 * (first + 1)); // 2^-22 to 2
  const whole = d0 * weight;
  const top = whole - 4 * Math.floor(whole * 0.25) + d1 * (weight * DIGIT); // exact
  const quarters = Math.floor(top + 0.5);
  const turn = top - quarters;
  const second = weight * DIGIT * DIGIT;
  const middle = (d2 + d3 * DIGIT) * second;
  const lowest = (d4 + DIGIT * (d5 + DIGIT * (d6 + DIGIT * d7))) * (second * DIGIT * DIGIT);
  const sum = turn + middle;
  const rest = turn === 0 ? lowest : turn - sum + middle + lowest;
  const fraction = sum + rest;
  const fractionLow = sum - fraction + rest;
  const product = fraction * HALF_PI;
  const low = productError(fraction, HALF_PI, product) + (fraction * HALF_PI_LOW + fractionLow * HALF_PI);
  const high = product + low;
  const sign = x < 0 ? -1 : 1;
  REST[0] = sign * high;
  REST[1] = sign * (product - high + low);
  return (sign * quarters) & 3;
}
