import { COUNTS, countEight, NEXT_ZI, NEXT_ZR } from "./count-eight";
import { staysInside } from "./interior";
import { countOne } from "./orbit";
import { add, clear } from "./points";
import { pursue } from "./pursuit";
import { cellAt, put, putEight, setTile, TILE, X, Y } from "./tile";
import { quarters } from "./vectors";

/** Iterations that every point gets, each with its own test: most points outside the set need no more. */
const FIRST: u32 = 20;

let limit: u32 = 0;
/** The first iterations of this call. They leave the z after them, which with it must not be more than the limit. */
let first: u32 = 0;

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
  first = limit > FIRST + 1 ? FIRST : limit;
  clear();
  if (isJulia) {
    fillEight(CONSTANT_RE, cRe);
    fillEight(CONSTANT_IM, cIm);
  } else {
    for (let column = 0; column < columns; column += 8) bound(column);
  }
  for (let row = 0; row < rows; row++) {
    const y = load<f64>(Y + ((<usize>row) << 3));
    fillEight(ROW, y);
    for (let column = 0; column < columns; column += 8) {
      if (isJulia) startJulia(cellAt(row, column), column);
      else startMandelbrot(cellAt(row, column), column, y);
    }
  }
  pursue(first + 1, limit);
}

/** The same number in eight lanes: the row's y, and the parts of julia's c. */
const ROW: usize = memory.data(64, 16);
const CONSTANT_RE: usize = memory.data(64, 16);
const CONSTANT_IM: usize = memory.data(64, 16);

function fillEight(address: usize, value: f64): void {
  for (let k: usize = 0; k < 64; k += 16) v128.store(address + k, f64x2.splat(value));
}

/*
 * The first iterations of eight columns; those that are left are listed. Columns beyond the last escape at once, and
 * write into the next row, which comes later, or into the room behind it.
 */

function startJulia(cell: u32, column: i32): void {
  const x = X + ((<usize>column) << 3);
  const left = countEight(x, ROW, CONSTANT_RE, CONSTANT_IM, first);
  // The z to start from does not count, and where it is outside, so is all that follows.
  putEight(cell, i16x8.sub_sat_u(v128.load(COUNTS), i16x8.splat(1)));
  for (let each = left; each; each &= each - 1) list(ctz(each), cell, CONSTANT_RE, CONSTANT_IM);
}

/** After one iteration z is c. */
function startMandelbrot(cell: u32, column: i32, y: f64): void {
  const x = X + ((<usize>column) << 3);
  const never = abs(y) < HIGHEST_INTERIOR && mayStay(column) ? stay(x, ROW) : 0;
  if (never === 0xff) {
    for (let lane: u32 = 0; lane < 8; lane++) put(cell + lane, limit);
    return;
  }
  let left = countEight(x, ROW, x, ROW, first - 1);
  putEight(cell, v128.load(COUNTS));
  if (mayBeOnEdge(column, y * y)) {
    const onEdge = areOnEdge(x, ROW);
    for (let each = onEdge; each; each &= each - 1) {
      put(cell + ctz(each), countOne(load<f64>(x + ((<usize>ctz(each)) << 3)), y, limit));
    }
    left &= ~onEdge;
  }
  for (let each = never; each; each &= each - 1) put(cell + ctz(each), limit);
  for (let each = left & ~never; each; each &= each - 1) list(ctz(each), cell, x, ROW);
}

function list(lane: i32, cell: u32, cr: usize, ci: usize): void {
  const at = (<usize>lane) << 3;
  add(load<f64>(NEXT_ZR + at), load<f64>(NEXT_ZI + at), load<f64>(cr + at), load<f64>(ci + at), cell + lane);
}

/** What of eight columns need not be asked of each point: bounds of x, and of x². */
const LEAST: usize = memory.data(TILE + 8, 16);
const MOST: usize = memory.data(TILE + 8, 16);
const LEAST2: usize = memory.data(TILE + 8, 16);
const MOST2: usize = memory.data(TILE + 8, 16);

function bound(column: i32): void {
  const x = X + ((<usize>column) << 3);
  let least: f64 = Infinity;
  let most: f64 = -Infinity;
  let least2: f64 = Infinity;
  let most2: f64 = 0;
  for (let k: usize = 0; k < 64; k += 8) {
    const value = load<f64>(x + k);
    least = min(least, value);
    most = max(most, value);
    least2 = min(least2, value * value);
    most2 = max(most2, value * value);
  }
  store<f64>(LEAST + column, least);
  store<f64>(MOST + column, most);
  store<f64>(LEAST2 + column, least2);
  store<f64>(MOST2 + column, most2);
}

/** The cardioid and the disc around -1 lie between these. */
const HIGHEST_INTERIOR: f64 = 0.65;
const LEFTMOST_INTERIOR: f64 = -1.25;
const RIGHTMOST_INTERIOR: f64 = 0.375;

function mayStay(column: i32): bool {
  return load<f64>(MOST + column) >= LEFTMOST_INTERIOR && load<f64>(LEAST + column) <= RIGHTMOST_INTERIOR;
}

function stay(x: usize, y: usize): i32 {
  const ci = v128.load(y);
  return i16x8.bitmask(
    quarters(
      staysInside(v128.load(x, 0), ci),
      staysInside(v128.load(x, 16), ci),
      staysInside(v128.load(x, 32), ci),
      staysInside(v128.load(x, 48), ci),
    ),
  );
}

/**
 * The distance of |c| from 2 below which z may leave the disc of radius 2 and, by rounding, be back after the next
 * iteration. Under other c, z once outside only goes further out.
 */
const EDGE: f64 = 1e-6;

function mayBeOnEdge(column: i32, y2: f64): bool {
  return load<f64>(MOST2 + column) + y2 >= 4 - EDGE && load<f64>(LEAST2 + column) + y2 <= 4 + EDGE;
}

function areOnEdge(x: usize, y: usize): i32 {
  const ci = v128.load(y);
  return i16x8.bitmask(
    quarters(
      isOnEdge(v128.load(x, 0), ci),
      isOnEdge(v128.load(x, 16), ci),
      isOnEdge(v128.load(x, 32), ci),
      isOnEdge(v128.load(x, 48), ci),
    ),
  );
}

function isOnEdge(cr: v128, ci: v128): v128 {
  const c2 = f64x2.add(f64x2.mul(cr, cr), f64x2.mul(ci, ci));
  return f64x2.lt(f64x2.abs(f64x2.sub(c2, f64x2.splat(4))), f64x2.splat(EDGE));
}
