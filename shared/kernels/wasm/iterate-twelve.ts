import { CI, CR, MARK_ZI, MARK_ZR, ZI, ZR } from "./points";
import { halves, isInside, nextIm, nextRe, quarters, two } from "./vectors";

/** Points that are iterated together. */
export const LANES: usize = 12;

/** z of the twelve before they were iterated, where that was to be kept, or one of them is outside now. */
export const OLD_ZR: usize = memory.data(96, 16);
export const OLD_ZI: usize = memory.data(96, 16);

/**
 * Iterates twelve points `n` times without a test, in six vectors: an operation takes longer than four need to begin,
 * and there are not registers enough for eight. c is read again each time, for the same reason. Returns a bit for
 * each that is inside in the end.
 */
export function iterateTwelve(slot: usize, n: u32, keep: bool): i32 {
  const zr = ZR + (slot << 3);
  const zi = ZI + (slot << 3);
  const cr = CR + (slot << 3);
  const ci = CI + (slot << 3);
  let zr0 = v128.load(zr, 0);
  let zi0 = v128.load(zi, 0);
  let zr1 = v128.load(zr, 16);
  let zi1 = v128.load(zi, 16);
  let zr2 = v128.load(zr, 32);
  let zi2 = v128.load(zi, 32);
  let zr3 = v128.load(zr, 48);
  let zi3 = v128.load(zi, 48);
  let zr4 = v128.load(zr, 64);
  let zi4 = v128.load(zi, 64);
  let zr5 = v128.load(zr, 80);
  let zi5 = v128.load(zi, 80);
  const twice = two();
  for (; n > 0; n--) {
    const t0 = f64x2.mul(zr0, zi0);
    zr0 = nextRe(zr0, zi0, v128.load(cr, 0));
    zi0 = nextIm(t0, v128.load(ci, 0), twice);
    const t1 = f64x2.mul(zr1, zi1);
    zr1 = nextRe(zr1, zi1, v128.load(cr, 16));
    zi1 = nextIm(t1, v128.load(ci, 16), twice);
    const t2 = f64x2.mul(zr2, zi2);
    zr2 = nextRe(zr2, zi2, v128.load(cr, 32));
    zi2 = nextIm(t2, v128.load(ci, 32), twice);
    const t3 = f64x2.mul(zr3, zi3);
    zr3 = nextRe(zr3, zi3, v128.load(cr, 48));
    zi3 = nextIm(t3, v128.load(ci, 48), twice);
    const t4 = f64x2.mul(zr4, zi4);
    zr4 = nextRe(zr4, zi4, v128.load(cr, 64));
    zi4 = nextIm(t4, v128.load(ci, 64), twice);
    const t5 = f64x2.mul(zr5, zi5);
    zr5 = nextRe(zr5, zi5, v128.load(cr, 80));
    zi5 = nextIm(t5, v128.load(ci, 80), twice);
  }
  const in0 = isInside(f64x2.mul(zr0, zr0), f64x2.mul(zi0, zi0));
  const in1 = isInside(f64x2.mul(zr1, zr1), f64x2.mul(zi1, zi1));
  const in2 = isInside(f64x2.mul(zr2, zr2), f64x2.mul(zi2, zi2));
  const in3 = isInside(f64x2.mul(zr3, zr3), f64x2.mul(zi3, zi3));
  const in4 = isInside(f64x2.mul(zr4, zr4), f64x2.mul(zi4, zi4));
  const in5 = isInside(f64x2.mul(zr5, zr5), f64x2.mul(zi5, zi5));
  const inside = i16x8.bitmask(quarters(in0, in1, in2, in3)) | (i32x4.bitmask(halves(in4, in5)) << 8);
  if (keep || inside !== 0xfff) {
    v128.store(OLD_ZR, v128.load(zr, 0), 0);
    v128.store(OLD_ZI, v128.load(zi, 0), 0);
    v128.store(OLD_ZR, v128.load(zr, 16), 16);
    v128.store(OLD_ZI, v128.load(zi, 16), 16);
    v128.store(OLD_ZR, v128.load(zr, 32), 32);
    v128.store(OLD_ZI, v128.load(zi, 32), 32);
    v128.store(OLD_ZR, v128.load(zr, 48), 48);
    v128.store(OLD_ZI, v128.load(zi, 48), 48);
    v128.store(OLD_ZR, v128.load(zr, 64), 64);
    v128.store(OLD_ZI, v128.load(zi, 64), 64);
    v128.store(OLD_ZR, v128.load(zr, 80), 80);
    v128.store(OLD_ZI, v128.load(zi, 80), 80);
  }
  v128.store(zr, zr0, 0);
  v128.store(zi, zi0, 0);
  v128.store(zr, zr1, 16);
  v128.store(zi, zi1, 16);
  v128.store(zr, zr2, 32);
  v128.store(zi, zi2, 32);
  v128.store(zr, zr3, 48);
  v128.store(zi, zi3, 48);
  v128.store(zr, zr4, 64);
  v128.store(zi, zi4, 64);
  v128.store(zr, zr5, 80);
  v128.store(zi, zi5, 80);
  return inside;
}

/**
 * A bit for each of the twelve points whose z is what it was when they were marked. -0 equals 0 here, which is as
 * good: no sum, product or comparison that follows differs but in zeros' signs.
 */
export function areAtMark(slot: usize): i32 {
  let found = 0;
  for (let lane: usize = 0; lane < LANES; lane += 2) {
    const at = (slot + lane) << 3;
    const re = f64x2.eq(v128.load(ZR + at), v128.load(MARK_ZR + at));
    const im = f64x2.eq(v128.load(ZI + at), v128.load(MARK_ZI + at));
    found |= i64x2.bitmask(v128.and(re, im)) << (<i32>lane);
  }
  return found;
}
