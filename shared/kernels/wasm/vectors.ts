/** z -> z² + c for two points in a vector, with the bits that the plain kernels' operations give. */

/** Numbers are read from memory: V8 makes a constant anew where it is used, in three instructions. */
const TWO: usize = memory.data<f64>([2]);
const FOUR: usize = memory.data<f64>([4]);

export function two(): v128 {
  return v128.load64_splat(TWO);
}

export function nextRe(zr: v128, zi: v128, cr: v128): v128 {
  return f64x2.add(f64x2.sub(f64x2.mul(zr, zr), f64x2.mul(zi, zi)), cr);
}

/**
 * product + product + ci, of the product of the real and the imaginary part, in one operation. The plain kernels' bits
 * whether the engine fuses it or not: twice a number is exact, so there is one rounding either way. Where twice the
 * product overflows the results differ, but are both further out than 2^969.
 */
export function nextIm(product: v128, ci: v128, twice: v128): v128 {
  return f64x2.relaxed_madd(product, twice, ci);
}

/** All bits set where |z| <= 2, of the parts' squares. Not where z is NaN, as it is from far enough out. */
export function isInside(re2: v128, im2: v128): v128 {
  return f64x2.le(f64x2.add(re2, im2), v128.load64_splat(FOUR));
}

/** Merges two vectors of lanes with all bits set or none into one of lanes half as wide. */
export function halves(lanes01: v128, lanes23: v128): v128 {
  return v128.shuffle<i32>(lanes01, lanes23, 0, 2, 4, 6);
}

/** Merges four such vectors into one, of lanes of 16 bits. */
export function quarters(lanes01: v128, lanes23: v128, lanes45: v128, lanes67: v128): v128 {
  return i16x8.narrow_i32x4_s(halves(lanes01, lanes23), halves(lanes45, lanes67));
}
