/**
 * The part of a window that one call computes: coordinates in, values out. Its size bounds the module's memory,
 * however large the window is.
 */

/** The most cells of a tile, and so its most rows or columns. */
export const TILE: i32 = 16384;
/** Rows are computed eight columns at a time: what the last eight have too many is room to read and to write. */
export const ROOM: i32 = 8;

/** Addresses: Float64 per column, Float64 per row, and the values, row by row. */
export const X: usize = memory.data(131136, 16);
export const Y: usize = memory.data(131072, 16);
export const OUT: usize = memory.data(65568, 16);

/** Iterations that every point gets, each with its own test: most points outside the set need no more. */
export const FIRST: u32 = 16;

export let columns: i32 = 0;
export let limit: u32 = 0;
let cellBytes: i32 = 0;
/** Of the two kernels the one, with its c, or mandelbrot. */
export let julia: bool = false;
export let cRe: f64 = 0;
export let cIm: f64 = 0;

export function setTile(
  tileColumns: i32,
  maxIterations: u32,
  bytesPerCell: i32,
  isJulia: bool,
  constantRe: f64,
  constantIm: f64,
): void {
  columns = tileColumns;
  limit = maxIterations;
  cellBytes = bytesPerCell;
  julia = isJulia;
  cRe = constantRe;
  cIm = constantIm;
}

export function put(row: i32, column: i32, count: u32): void {
  const cell = <usize>(row * columns + column);
  if (cellBytes === 4) store<u32>(OUT + (cell << 2), count);
  else store<u16>(OUT + (cell << 1), <u16>count);
}

export function xAt(column: i32): f64 {
  return load<f64>(X + ((<usize>column) << 3));
}

export function yAt(row: i32): f64 {
  return load<f64>(Y + ((<usize>row) << 3));
}
