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

/** The single whose bits are f(bits of x), for |x| within a single's normal range. */
export function estimateBits(x: number, divisor: number, offset: number): number {
  SINGLE[0] = x;
  SINGLE_WORD[0] = SINGLE_WORD[0]! / divisor + offset;
  return SINGLE[0]!;
}

/** 2^-1074 to 2^1023: a table, since V8 makes no double from an integer's bits without waiting for its own store. */
const POWERS = /* @__PURE__ */ powersOfTwo();

function powersOfTwo(): Float64Array {
  const powers = new Float64Array(2098);
  for (let at = 0, power = 5e-324; at < powers.length; at++, power *= 2) powers[at] = power;
  return powers;
}

/** x * 2^e, rounded once, for -1074 <= e <= 1023. */
export function scaled(x: number, e: number): number {
  return x * POWERS[e + 1074]!;
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
