import { TILE } from "./tile";

/** The points that are being iterated: z, c and the cell of each, in arrays. */

/** The list has room for a tile, and for what the last vectors read and write behind it. */
const ROOM: usize = TILE + 16;
/** Eight slots that are not on the list. */
export const APART: usize = ROOM;

/** Addresses, by slot. */
export const ZR: usize = memory.data(8 * TILE + 192, 16);
export const ZI: usize = memory.data(8 * TILE + 192, 16);
export const CR: usize = memory.data(8 * TILE + 192, 16);
export const CI: usize = memory.data(8 * TILE + 192, 16);
const CELL: usize = memory.data(4 * TILE + 96, 16);
/** A past z of the listed points: one that equals it goes round for ever. */
export const MARK_ZR: usize = memory.data(8 * TILE + 128, 16);
export const MARK_ZI: usize = memory.data(8 * TILE + 128, 16);

export let listed: usize = 0;

export function clear(): void {
  listed = 0;
}

export function cellOf(slot: usize): u32 {
  return load<u32>(CELL + (slot << 2));
}

export function setPoint(slot: usize, zr: f64, zi: f64, cr: f64, ci: f64, cell: u32): void {
  store<f64>(ZR + (slot << 3), zr);
  store<f64>(ZI + (slot << 3), zi);
  store<f64>(CR + (slot << 3), cr);
  store<f64>(CI + (slot << 3), ci);
  store<u32>(CELL + (slot << 2), cell);
}

/** Puts a point at the list's end. */
export function add(zr: f64, zi: f64, cr: f64, ci: f64, cell: u32): void {
  setPoint(listed, zr, zi, cr, ci, cell);
  listed += 1;
}

/** Puts the list's last point in this one's place. */
export function remove(slot: usize, isMarked: bool): void {
  listed -= 1;
  const at = listed << 3;
  setPoint(
    slot,
    load<f64>(ZR + at),
    load<f64>(ZI + at),
    load<f64>(CR + at),
    load<f64>(CI + at),
    cellOf(listed),
  );
  if (!isMarked) return;
  store<f64>(MARK_ZR + (slot << 3), load<f64>(MARK_ZR + (listed << 3)));
  store<f64>(MARK_ZI + (slot << 3), load<f64>(MARK_ZI + (listed << 3)));
}

export function mark(): void {
  memory.copy(MARK_ZR, ZR, listed << 3);
  memory.copy(MARK_ZI, ZI, listed << 3);
}
