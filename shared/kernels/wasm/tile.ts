/**
 * The part of a window that one call computes: coordinates in, values out. Its size bounds the module's memory,
 * however large the window is.
 */

/** The most cells of a tile, and so its most rows or columns. */
export const TILE: i32 = 32768;

/**
 * Addresses: Float64 per column, Float64 per row, and the values, row by row. Rows are computed eight columns at a
 * time: what the last eight have too many is room to read and to write.
 */
export const X: usize = memory.data(8 * TILE + 64, 16);
export const Y: usize = memory.data(8 * TILE, 16);
export const OUT: usize = memory.data(8 * TILE + 64, 16);

let columns: i32 = 0;
let cellBytes: i32 = 0;

export function setTile(tileColumns: i32, bytesPerCell: i32): void {
  columns = tileColumns;
  cellBytes = bytesPerCell;
}

/** The place of the cell's value in OUT, in cells. */
export function cellAt(row: i32, column: i32): u32 {
  return row * columns + column;
}

export function put(cell: u32, count: u32): void {
  if (cellBytes === 4) store<u32>(OUT + ((<usize>cell) << 2), count);
  else store<u16>(OUT + ((<usize>cell) << 1), <u16>count);
}

/** Eight cells in a row, Uint16 x 8. */
export function putEight(cell: u32, counts: v128): void {
  if (cellBytes === 4) {
    const at = OUT + ((<usize>cell) << 2);
    v128.store(at, i32x4.extend_low_i16x8_u(counts), 0);
    v128.store(at, i32x4.extend_high_i16x8_u(counts), 16);
  } else {
    v128.store(OUT + ((<usize>cell) << 1), counts);
  }
}
