import { halves, isInside, nextIm, two } from "./vectors";

/** The z that follow the last ones `countEight` looked at: Float64 x 8. */
export const NEXT_ZR: usize = memory.data(64, 16);
export const NEXT_ZI: usize = memory.data(64, 16);

/** How often `countEight` found |z| <= 2: Uint16 x 8. */
export const COUNTS: usize = memory.data(16, 16);

export function countOf(lane: usize): u32 {
  return load<u16>(COUNTS + (lane << 1));
}

/**
 * Iterates eight points, at most `n` times, until all are outside, and counts for each how often |z| <= 2, the z that
 * it starts from included. Returns a bit for each of which it always was. All but `n` are addresses of Float64 x 8.
 *
 * Between two iterations a point is the difference of its parts' squares and their product: with z too, which the
 * next iteration makes of them, there would not be registers enough.
 */
export function countEight(zr: usize, zi: usize, cr: usize, ci: usize, n: u32): i32 {
  const twice = two();
  let re0 = v128.load(zr, 0);
  let im0 = v128.load(zi, 0);
  let re1 = v128.load(zr, 16);
  let im1 = v128.load(zi, 16);
  let re2 = v128.load(zr, 32);
  let im2 = v128.load(zi, 32);
  let re3 = v128.load(zr, 48);
  let im3 = v128.load(zi, 48);
  let product0 = f64x2.mul(re0, im0);
  re0 = f64x2.mul(re0, re0);
  im0 = f64x2.mul(im0, im0);
  let difference0 = f64x2.sub(re0, im0);
  let product1 = f64x2.mul(re1, im1);
  re1 = f64x2.mul(re1, re1);
  im1 = f64x2.mul(im1, im1);
  let difference1 = f64x2.sub(re1, im1);
  let inside0 = halves(isInside(re0, im0), isInside(re1, im1));
  let count0 = i32x4.neg(inside0);
  let product2 = f64x2.mul(re2, im2);
  re2 = f64x2.mul(re2, re2);
  im2 = f64x2.mul(im2, im2);
  let difference2 = f64x2.sub(re2, im2);
  let product3 = f64x2.mul(re3, im3);
  re3 = f64x2.mul(re3, re3);
  im3 = f64x2.mul(im3, im3);
  let difference3 = f64x2.sub(re3, im3);
  let inside1 = halves(isInside(re2, im2), isInside(re3, im3));
  let count1 = i32x4.neg(inside1);
  for (let more = n; more > 0 && i32x4.bitmask(v128.or(inside0, inside1)); more--) {
    re0 = f64x2.add(difference0, v128.load(cr, 0));
    im0 = nextIm(product0, v128.load(ci, 0), twice);
    product0 = f64x2.mul(re0, im0);
    re0 = f64x2.mul(re0, re0);
    im0 = f64x2.mul(im0, im0);
    difference0 = f64x2.sub(re0, im0);
    re1 = f64x2.add(difference1, v128.load(cr, 16));
    im1 = nextIm(product1, v128.load(ci, 16), twice);
    product1 = f64x2.mul(re1, im1);
    re1 = f64x2.mul(re1, re1);
    im1 = f64x2.mul(im1, im1);
    difference1 = f64x2.sub(re1, im1);
    inside0 = halves(isInside(re0, im0), isInside(re1, im1));
    count0 = i32x4.sub(count0, inside0);
    re2 = f64x2.add(difference2, v128.load(cr, 32));
    im2 = nextIm(product2, v128.load(ci, 32), twice);
    product2 = f64x2.mul(re2, im2);
    re2 = f64x2.mul(re2, re2);
    im2 = f64x2.mul(im2, im2);
    difference2 = f64x2.sub(re2, im2);
    re3 = f64x2.add(difference3, v128.load(cr, 48));
    im3 = nextIm(product3, v128.load(ci, 48), twice);
    product3 = f64x2.mul(re3, im3);
    re3 = f64x2.mul(re3, re3);
    im3 = f64x2.mul(im3, im3);
    difference3 = f64x2.sub(re3, im3);
    inside1 = halves(isInside(re2, im2), isInside(re3, im3));
    count1 = i32x4.sub(count1, inside1);
  }
  const counts = i16x8.narrow_i32x4_u(count0, count1);
  v128.store(COUNTS, counts);
  const left = i16x8.bitmask(i16x8.eq(counts, i16x8.splat(<i16>(n + 1))));
  if (left === 0) return 0;
  v128.store(NEXT_ZR, f64x2.add(difference0, v128.load(cr, 0)), 0);
  v128.store(NEXT_ZI, nextIm(product0, v128.load(ci, 0), twice), 0);
  v128.store(NEXT_ZR, f64x2.add(difference1, v128.load(cr, 16)), 16);
  v128.store(NEXT_ZI, nextIm(product1, v128.load(ci, 16), twice), 16);
  v128.store(NEXT_ZR, f64x2.add(difference2, v128.load(cr, 32)), 32);
  v128.store(NEXT_ZI, nextIm(product2, v128.load(ci, 32), twice), 32);
  v128.store(NEXT_ZR, f64x2.add(difference3, v128.load(cr, 48)), 48);
  v128.store(NEXT_ZI, nextIm(product3, v128.load(ci, 48), twice), 48);
  return left;
}
