/** Access to the bits of doubles, and products and sums without loss, for the other files here. */

const WORDS_BUFFER = /* @__PURE__ */ new ArrayBuffer(8);
const DOUBLE = /* @__PURE__ */ new Float64Array(WORDS_BUFFER);
const WORDS = /* @__PURE__ */ new Int32Array(WORDS_BUFFER);
const SINGLE_BUFFER = /* @__PURE__ */ new ArrayBuffer(4);
const SINGLE = /* @__PURE__ */ new Float32Array(SINGLE_BUFFER);
const SINGLE_WORD = /* @__PURE__ */ new Int32Array(SINGLE_BUFFER);

/** Sign, exponent and the upper 20 bits of the mantissa. Little-endian, as all processors of Node and all of WASM are. */
export function highWord(x: number): number {
  DOUBLE[0] = x;
  return WORDS[1]!;
}

/**
 * 2^e for -126 <= e <= 127. Made as a single: the processor hands four bytes that were just stored to a load of four bytes
 * at once, and does not for a double whose halves were stored one by one.
 */
function powerOfTwo(e: number): number {
  SINGLE_WORD[0] = (e + 127) << 23;
  return SINGLE[0]!;
}

/** The single whose bits are f(bits of x), for |x| within a single's normal range. */
export function estimateBits(x: number, divisor: number, offset: number): number {
  SINGLE[0] = x;
  SINGLE_WORD[0] = SINGLE_WORD[0]! / divisor + offset;
  return SINGLE[0]!;
}

/** x * 2^e, rounded once where |x| >= 2^-14; Infinity or 0 out of range. */
export function scaled(x: number, e: number): number {
  if (e >= -126 && e <= 127) return x * powerOfTwo(e);
  let result = x;
  let left = e;
  for (; left > 127; left -= 127) result *= 1.7014118346046923e38;
  for (; left < -126; left += 126) result *= 1.1754943508222875e-38;
  return result * powerOfTwo(left);
}

/** What a * b lost by rounding to `product` (Dekker 1971, with Veltkamp's split), for |a|, |b| < 2^990 and no underflow. */
export function productError(a: number, b: number, product: number): number {
  const aWide = a * 134217729;
  const aHigh = aWide - (aWide - a);
  const aLow = a - aHigh;
  const bWide = b * 134217729;
  const bHigh = bWide - (bWide - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** What a + b lost by rounding to `sum` (Knuth). */
export function sumError(a: number, b: number, sum: number): number {
  const second = sum - a;
  return a - (sum - second) + (b - second);
}
