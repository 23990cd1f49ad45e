/** cbrt and hypot. */
import { estimateBits, highWord, productError, scaled, sumError } from "./bits.ts";

/** FreeBSD's s_cbrt.c: an estimate of 5 bits by the exponent's third, a polynomial to 23 bits, a step of Newton's to 53. */
const P0 = 1.87595182427177;
const P1 = -1.8849797954337717;
const P2 = 1.6214297201053545;
const P3 = -0.758397934778766;
const P4 = 0.14599619288661245;

/** Cube root. */
export function cbrt(x: number): number {
  const size = Math.abs(x);
  if (!(size > 0 && size < Number.POSITIVE_INFINITY)) return x;
  const result = size > 1e-30 && size < 1e30 ? rootOf(size) : rootOfFar(size);
  return x < 0 ? -result : result;
}

/** For what has no single's exponent. */
function rootOfFar(x: number): number {
  if (x < 1e-300) return rootOfFar(x * GROW) * 6.223015277861142e-61; // 2^600, 2^-200
  const third = Math.round(((highWord(x) >> 20) - 1023) / 3);
  return scaled(rootOf(scaled(x, -3 * third)), third);
}

function rootOf(x: number): number {
  const guess = estimateBits(x, 3, 709958130);
  const ratio = guess * guess * (guess / x);
  const better = guess * (P0 + ratio * (P1 + ratio * P2) + ratio * ratio * ratio * (P3 + ratio * P4));
  // 24 bits, so that its square is exact, and above the root: the quotient is below and has bits as fine.
  const root = Math.fround(better * 1.0000002);
  const quotient = x / (root * root);
  return root + root * ((quotient - root) / (root + root + quotient));
}

/** Squares between these, 2^-450 and 2^500, need no scale. */
const SMALL = 3.4395525670743494e-136;
const LARGE = 3.273390607896142e150;
/** 2^-600 and 2^600. */
const SHRINK = 2.409919865102884e-181;
const GROW = 4.149515568880993e180;

/** Root of the sum of all squares; Infinity if one is infinite, else NaN if one is NaN. 0 of nothing. */
export function hypot(...values: number[]): number;
export function hypot(x = 0, y = 0): number {
  // biome-ignore lint/complexity/noArguments: a rest parameter makes an array a call, which doubles its time.
  if (arguments.length !== 2) return ofMany([...arguments]);
  const first = Math.abs(x);
  const second = Math.abs(y);
  const long = first > second ? first : second;
  const short = first > second ? second : first;
  if (!(long < LARGE && short > SMALL)) return ofMany([x, y]);
  const high = long * long;
  const low = short * short;
  const sum = high + low;
  const rest = high - sum + low + productError(long, long, high) + productError(short, short, low);
  return rootOfSum(sum, rest);
}

function ofMany(values: readonly number[]): number {
  let largest = 0;
  let missing = false;
  for (const value of values) {
    const size = Math.abs(value);
    if (size === Number.POSITIVE_INFINITY) return size;
    if (size > largest) largest = size;
    else if (!(size <= largest)) missing = true;
  }
  if (missing) return Number.NaN;
  if (largest === 0) return 0;
  const up = largest > LARGE ? SHRINK : largest < SMALL ? GROW : 1;
  let sum = 0;
  let low = 0;
  for (const value of values) {
    const part = value * up;
    const square = part * part;
    const next = sum + square;
    low += sumError(sum, square, next) + productError(part, part, square);
    sum = next;
  }
  const high = sum + low;
  return rootOfSum(high, sum - high + low) / up;
}

/** √(sum + low). */
function rootOfSum(sum: number, low: number): number {
  const root = Math.sqrt(sum);
  const square = root * root;
  return root + (sum - square - productError(root, root, square) + low) / (2 * root);
}
