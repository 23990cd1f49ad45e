/** One point under z -> z² + c, with the operations of the plain kernels in their order. */

/** The iterations z makes from 0 before |z| > 2, or `limit`. */
export function countOne(cr: f64, ci: f64, limit: u32): u32 {
  let zr: f64 = 0;
  let zi: f64 = 0;
  let count: u32 = 0;
  while (count < limit) {
    const imaginary = zr * zi;
    zr = zr * zr - zi * zi + cr;
    zi = imaginary + imaginary + ci;
    if (!(zr * zr + zi * zi <= 4)) break;
    count++;
  }
  return count;
}

/** 2|w| of each iteration: room for a period of 24. */
const STRETCH: usize = memory.data(192, 16);
/** More than an iteration's rounding errors below |z| = 2 can add up to, which is 1e-14. */
const ROUNDING: f64 = 1e-12;
const INSIDE: f64 = 1.99;

/**
 * True where z has been proven never to escape, by a disc around it that every `period` iterations map into
 * itself: from r around w, one iteration leads to at most r (2|w| + r) around w² + c, plus rounding. What starts
 * in such discs stays in them, whatever it is rounded to. Of the possible radii the one is tried that leaves the
 * most room, to second order.
 */
export function isTrapped(zr: f64, zi: f64, cr: f64, ci: f64, longestPeriod: i32): bool {
  let wr = zr;
  let wi = zi;
  // After `period` iterations r is about linear r + quadratic r².
  let linear: f64 = 1;
  let quadratic: f64 = 0;
  for (let period = 1; period <= longestPeriod; period++) {
    const stretch = 2 * sqrt(wr * wr + wi * wi);
    store<f64>(STRETCH + ((<usize>(period - 1)) << 3), stretch);
    quadratic = stretch * quadratic + linear * linear;
    linear *= stretch;
    const imaginary = wr * wi;
    wr = wr * wr - wi * wi + cr;
    wi = imaginary + imaginary + ci;
    const movedRe = wr - zr;
    const movedIm = wi - zi;
    const moved = movedRe * movedRe + movedIm * movedIm;
    const slack = 1 - linear;
    const room = slack * slack;
    if (slack > 0 && 16 * quadratic * quadratic * moved < room * room) {
      if (isMappedIntoItself(slack / (2 * quadratic), sqrt(moved), period)) return true;
    }
  }
  return false;
}

function isMappedIntoItself(radius: f64, moved: f64, period: i32): bool {
  let r = radius;
  for (let k = 0; k < period; k++) {
    const stretch = load<f64>(STRETCH + ((<usize>k) << 3));
    if (!(stretch / 2 + r < INSIDE)) return false;
    r = r * (stretch + r) + ROUNDING;
  }
  return moved + r + ROUNDING < radius;
}
