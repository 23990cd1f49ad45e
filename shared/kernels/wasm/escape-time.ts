import { countEight, countsOf, setCount } from "./count-eight";
import { staysInside } from "./interior";
import { countOne } from "./orbit";
import { add, CI, CR, clear, listed, ZI, ZR } from "./points";
import { pursue } from "./pursuit";
import { cellAt, put, putEight, setTile, X, Y } from "./tile";
import { bits } from "./vectors";

/** Iterations that every point gets, each with its own test: most points outside the set need no more. */
const FIRST: u32 = 16;

let limit: u32 = 0;

/**
 * Fills OUT, `rows` x `columns` of 2 or 4 bytes, with escape times: of z from 0 under c = x + iy (mandelbrot) or
 * of z from x + iy under c = cRe + i cIm, |c|² at most 3.999999 (julia). No coordinate may be NaN.
 */
export function escapeTimes(
  columns: i32,
  rows: i32,
  maxIterations: u32,
  bytesPerCell: i32,
  isJulia: bool,
  cRe: f64,
  cIm: f64,
): void {
  setTile(columns, bytesPerCell);
  limit = maxIterations;
  clear();
  for (let row = 0; row < rows; row++) {
    const y = load<f64>(Y + ((<usize>row) << 3));
    for (let column = 0; column < columns; column += 8) {
      const x = X + ((<usize>column) << 3);
      if (isJulia) startJulia(cellAt(row, column), x, y, cRe, cIm);
      else startMandelbrot(cellAt(row, column), x, y);
    }
  }
  pursue(min(FIRST, limit), limit);
}

/*
 * The first iterations of eight columns, in the slots behind the list, with which those are listed that are left.
 * Columns beyond the last escape at once, and write into the next row, which comes later, or into the room behind it.
 */

/** `x` is an address. */
function startJulia(cell: u32, x: usize, y: f64, cRe: f64, cIm: f64): void {
  const at = listed << 3;
  for (let k: usize = 0; k < 64; k += 16) {
    v128.store(ZR + at + k, v128.load(x + k));
    v128.store(ZI + at + k, f64x2.splat(y));
    v128.store(CR + at + k, f64x2.splat(cRe));
    v128.store(CI + at + k, f64x2.splat(cIm));
  }
  const left = countEight(listed, min(FIRST, limit));
  // The z to start from does not count, and where it is outside, so is all that follows.
  const one = i32x4.splat(1);
  const zero = i32x4.splat(0);
  putEight(
    cell,
    i32x4.max_s(i32x4.sub(countsOf(0), one), zero),
    i32x4.max_s(i32x4.sub(countsOf(1), one), zero),
  );
  list(cell, left);
}

/** After one iteration z is c. */
function startMandelbrot(cell: u32, x: usize, y: f64): void {
  const at = listed << 3;
  const ci = f64x2.splat(y);
  const cr0 = v128.load(x, 0);
  const cr1 = v128.load(x, 16);
  const cr2 = v128.load(x, 32);
  const cr3 = v128.load(x, 48);
  let never = 0;
  if (abs(y) < HIGHEST_INTERIOR) {
    never = bits(staysInside(cr0, ci), staysInside(cr1, ci), staysInside(cr2, ci), staysInside(cr3, ci));
    if (never === 0xff) {
      putEight(cell, i32x4.splat(limit), i32x4.splat(limit));
      return;
    }
  }
  for (let k: usize = 0; k < 64; k += 16) {
    v128.store(ZR + at + k, v128.load(x + k));
    v128.store(CR + at + k, v128.load(x + k));
    v128.store(ZI + at + k, ci);
    v128.store(CI + at + k, ci);
  }
  const left = countEight(listed, min(FIRST, limit) - 1);
  for (let each = never; each; each &= each - 1) setCount(ctz(each), limit);
  putEight(cell, countsOf(0), countsOf(1));
  const onEdge = bits(isOnEdge(cr0, ci), isOnEdge(cr1, ci), isOnEdge(cr2, ci), isOnEdge(cr3, ci));
  for (let each = onEdge; each; each &= each - 1) {
    put(cell + ctz(each), countOne(load<f64>(x + ((<usize>ctz(each)) << 3)), y, limit));
  }
  list(cell, left & ~(never | onEdge));
}

/** What lies further up or down need not be asked whether it stays inside. */
const HIGHEST_INTERIOR: f64 = 0.65;

/**
 * Where |c| is 2, but for so little that z may leave the disc of radius 2 and be back after the next iteration, by
 * rounding. Under other c, z once outside only goes further out.
 */
function isOnEdge(cr: v128, ci: v128): v128 {
  const c2 = f64x2.add(f64x2.mul(cr, cr), f64x2.mul(ci, ci));
  return f64x2.lt(f64x2.abs(f64x2.sub(c2, f64x2.splat(4))), f64x2.splat(1e-6));
}

function list(cell: u32, left: i32): void {
  const first = listed;
  for (; left; left &= left - 1) add(first + <usize>ctz(left), cell + ctz(left));
}
