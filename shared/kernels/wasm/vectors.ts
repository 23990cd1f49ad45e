/** z -> z² + c for two points in a vector, with the operations of the plain kernels in their order. */

export function nextRe(zr: v128, zi: v128, cr: v128): v128 {
  return f64x2.add(f64x2.sub(f64x2.mul(zr, zr), f64x2.mul(zi, zi)), cr);
}

/** `product` is that of the real and the imaginary part. */
export function nextIm(product: v128, ci: v128): v128 {
  return f64x2.add(f64x2.add(product, product), ci);
}

/** All bits set where |z| <= 2; as an integer that is -1. Not where z is NaN, as it is from far enough out. */
export function isInside(zr: v128, zi: v128): v128 {
  return f64x2.le(f64x2.add(f64x2.mul(zr, zr), f64x2.mul(zi, zi)), f64x2.splat(4));
}

/** A bit for each of eight lanes. */
export function bits(lanes01: v128, lanes23: v128, lanes45: v128, lanes67: v128): i32 {
  return (
    i64x2.bitmask(lanes01) |
    (i64x2.bitmask(lanes23) << 2) |
    (i64x2.bitmask(lanes45) << 4) |
    (i64x2.bitmask(lanes67) << 6)
  );
}
