import { countOn, isTrapped } from "./orbit";
import { add, pursue, reset } from "./pursuit";
import { cIm, columns, cRe, FIRST, julia, limit, put, setTile, X, xAt, yAt } from "./tile";

/** |c|² up to which z, once outside |z| <= 2, only goes further out: the vectors look at it now and then. */
const FAR: f64 = 3.999999;

/** n, then z, of eight columns: Int64 x 8, and Float64 x 8 twice. */
const EIGHT: usize = memory.data(192, 16);
const ZR: usize = EIGHT + 64;
const ZI: usize = EIGHT + 128;

/**
 * Fills OUT, `rows` x `columns` of 2 or 4 bytes, with escape times: of z from 0 under c = x + iy (mandelbrot) or
 * of z from x + iy under c = cRe + i cIm, |c|² at most FAR (julia). No coordinate may be NaN.
 */
export function escapeTimes(
  tileColumns: i32,
  rows: i32,
  maxIterations: u32,
  bytesPerCell: i32,
  isJulia: bool,
  constantRe: f64,
  constantIm: f64,
): void {
  setTile(tileColumns, maxIterations, bytesPerCell, isJulia, constantRe, constantIm);
  reset();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column += 8) start(row, column);
  }
  pursue();
}

/**
 * The first iterations of eight columns. Columns beyond the last write into the next row, which comes later, or
 * into the room behind the last one.
 */
function start(row: i32, column: i32): void {
  const x = X + ((<usize>column) << 3);
  const four = f64x2.splat(4);
  const y = f64x2.splat(yAt(row));
  let zr0 = v128.load(x, 0);
  let zr1 = v128.load(x, 16);
  let zr2 = v128.load(x, 32);
  let zr3 = v128.load(x, 48);
  let zi0 = y;
  let zi1 = y;
  let zi2 = y;
  let zi3 = y;
  let cr0 = zr0;
  let cr1 = zr1;
  let cr2 = zr2;
  let cr3 = zr3;
  let ci = y;
  if (julia) {
    cr0 = cr1 = cr2 = cr3 = f64x2.splat(cRe);
    ci = f64x2.splat(cIm);
  } else {
    zr0 = zr1 = zr2 = zr3 = zi0 = zi1 = zi2 = zi3 = f64x2.splat(0);
  }
  let rr0 = f64x2.mul(zr0, zr0);
  let rr1 = f64x2.mul(zr1, zr1);
  let rr2 = f64x2.mul(zr2, zr2);
  let rr3 = f64x2.mul(zr3, zr3);
  let ii0 = f64x2.mul(zi0, zi0);
  let ii1 = f64x2.mul(zi1, zi1);
  let ii2 = f64x2.mul(zi2, zi2);
  let ii3 = f64x2.mul(zi3, zi3);
  // All bits where z has not escaped yet, which as an integer is -1.
  let in0 = i64x2.splat(-1);
  let in1 = in0;
  let in2 = in0;
  let in3 = in0;
  let n0 = i64x2.splat(0);
  let n1 = n0;
  let n2 = n0;
  let n3 = n0;
  for (let n = min(FIRST, limit); n > 0; n--) {
    const t0 = f64x2.mul(zr0, zi0);
    zr0 = f64x2.add(f64x2.sub(rr0, ii0), cr0);
    zi0 = f64x2.add(f64x2.add(t0, t0), ci);
    rr0 = f64x2.mul(zr0, zr0);
    ii0 = f64x2.mul(zi0, zi0);
    in0 = v128.and(in0, f64x2.le(f64x2.add(rr0, ii0), four));
    n0 = i64x2.sub(n0, in0);
    const t1 = f64x2.mul(zr1, zi1);
    zr1 = f64x2.add(f64x2.sub(rr1, ii1), cr1);
    zi1 = f64x2.add(f64x2.add(t1, t1), ci);
    rr1 = f64x2.mul(zr1, zr1);
    ii1 = f64x2.mul(zi1, zi1);
    in1 = v128.and(in1, f64x2.le(f64x2.add(rr1, ii1), four));
    n1 = i64x2.sub(n1, in1);
    const t2 = f64x2.mul(zr2, zi2);
    zr2 = f64x2.add(f64x2.sub(rr2, ii2), cr2);
    zi2 = f64x2.add(f64x2.add(t2, t2), ci);
    rr2 = f64x2.mul(zr2, zr2);
    ii2 = f64x2.mul(zi2, zi2);
    in2 = v128.and(in2, f64x2.le(f64x2.add(rr2, ii2), four));
    n2 = i64x2.sub(n2, in2);
    const t3 = f64x2.mul(zr3, zi3);
    zr3 = f64x2.add(f64x2.sub(rr3, ii3), cr3);
    zi3 = f64x2.add(f64x2.add(t3, t3), ci);
    rr3 = f64x2.mul(zr3, zr3);
    ii3 = f64x2.mul(zi3, zi3);
    in3 = v128.and(in3, f64x2.le(f64x2.add(rr3, ii3), four));
    n3 = i64x2.sub(n3, in3);
    if (!v128.any_true(v128.or(v128.or(in0, in1), v128.or(in2, in3)))) break;
  }
  v128.store(EIGHT, n0, 0);
  v128.store(EIGHT, n1, 16);
  v128.store(EIGHT, n2, 32);
  v128.store(EIGHT, n3, 48);
  for (let k = 0; k < 8; k++) put(row, column + k, load<u32>(EIGHT + ((<usize>k) << 3)));
  if (limit <= FIRST) return;
  let left =
    i64x2.bitmask(in0) | (i64x2.bitmask(in1) << 2) | (i64x2.bitmask(in2) << 4) | (i64x2.bitmask(in3) << 6);
  if (column + 8 > columns) left &= (1 << (columns - column)) - 1;
  if (!left) return;
  v128.store(ZR, zr0, 0);
  v128.store(ZR, zr1, 16);
  v128.store(ZR, zr2, 32);
  v128.store(ZR, zr3, 48);
  v128.store(ZI, zi0, 0);
  v128.store(ZI, zi1, 16);
  v128.store(ZI, zi2, 32);
  v128.store(ZI, zi3, 48);
  for (; left; left &= left - 1) {
    const k = ctz(left);
    goOn(row, column + k, load<f64>(ZR + ((<usize>k) << 3)), load<f64>(ZI + ((<usize>k) << 3)));
  }
}

/** A point that the first iterations have not decided. */
function goOn(row: i32, column: i32, zr: f64, zi: f64): void {
  const cr = julia ? cRe : xAt(column);
  const ci = julia ? cIm : yAt(row);
  if (isTrapped(zr, zi, cr, ci, 2)) put(row, column, limit);
  else if (cr * cr + ci * ci > FAR) put(row, column, countOn(zr, zi, cr, ci, FIRST, limit));
  else add(row, column, zr, zi);
}
