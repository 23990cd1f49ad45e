import { CI, CR, ZI, ZR } from "./points";
import { bits, isInside, nextIm, nextRe } from "./vectors";

/** What `countEight` found: Uint32 x 8. */
const COUNTS: usize = memory.data(32, 16);

export function countOf(lane: usize): u32 {
  return load<u32>(COUNTS + (lane << 2));
}

export function setCount(lane: usize, count: u32): void {
  store<u32>(COUNTS + (lane << 2), count);
}

/** The counts of four lanes, the first four or the others. */
export function countsOf(half: usize): v128 {
  return v128.load(COUNTS + (half << 4));
}

/**
 * Iterates eight points up to `n` times, or until all are outside, and counts for each how often |z| <= 2, the z that
 * it starts from included. Returns a bit for each that is inside in the end. What is outside must stay there.
 */
export function countEight(slot: usize, n: u32): i32 {
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
  let in0 = isInside(zr0, zi0);
  let in1 = isInside(zr1, zi1);
  let in2 = isInside(zr2, zi2);
  let in3 = isInside(zr3, zi3);
  let n0 = i64x2.neg(in0);
  let n1 = i64x2.neg(in1);
  let n2 = i64x2.neg(in2);
  let n3 = i64x2.neg(in3);
  // c is read again each time: there are not registers enough to keep it.
  for (; n > 0 && v128.any_true(v128.or(v128.or(in0, in1), v128.or(in2, in3))); n--) {
    const t0 = f64x2.mul(zr0, zi0);
    zr0 = nextRe(zr0, zi0, v128.load(cr, 0));
    zi0 = nextIm(t0, v128.load(ci, 0));
    in0 = isInside(zr0, zi0);
    n0 = i64x2.sub(n0, in0);
    const t1 = f64x2.mul(zr1, zi1);
    zr1 = nextRe(zr1, zi1, v128.load(cr, 16));
    zi1 = nextIm(t1, v128.load(ci, 16));
    in1 = isInside(zr1, zi1);
    n1 = i64x2.sub(n1, in1);
    const t2 = f64x2.mul(zr2, zi2);
    zr2 = nextRe(zr2, zi2, v128.load(cr, 32));
    zi2 = nextIm(t2, v128.load(ci, 32));
    in2 = isInside(zr2, zi2);
    n2 = i64x2.sub(n2, in2);
    const t3 = f64x2.mul(zr3, zi3);
    zr3 = nextRe(zr3, zi3, v128.load(cr, 48));
    zi3 = nextIm(t3, v128.load(ci, 48));
    in3 = isInside(zr3, zi3);
    n3 = i64x2.sub(n3, in3);
  }
  v128.store(COUNTS, v128.shuffle<i32>(n0, n1, 0, 2, 4, 6), 0);
  v128.store(COUNTS, v128.shuffle<i32>(n2, n3, 0, 2, 4, 6), 16);
  const left = bits(in0, in1, in2, in3);
  if (left === 0) return 0;
  v128.store(zr, zr0, 0);
  v128.store(zi, zi0, 0);
  v128.store(zr, zr1, 16);
  v128.store(zi, zi1, 16);
  v128.store(zr, zr2, 32);
  v128.store(zi, zi2, 32);
  v128.store(zr, zr3, 48);
  v128.store(zi, zi3, 48);
  return left;
}
