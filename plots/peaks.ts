/** Takes as many of an array's cells as a surface is drawn from, so that what is narrow stays. */
import type { Overview } from "./picture.ts";
import type { ValueScale } from "./scale.ts";

/** The cells that a surface is drawn from: the indices of their rows and columns, and their heights, row-major; NaN is a hole. */
export interface Cut {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly heights: Float32Array;
  /** Which of them have the special value, if any has. */
  readonly special: Uint8Array | undefined;
  readonly hasHoles: boolean;
}

/**
 * At most `most` cells along each axis. Each stands for those around it by the largest of them, or by the smallest where most of the array
 * is high: a ridge or a ditch of one cell's width is not lost between those that are taken. A cell that is a hole stays one.
 */
export function cutOf(
  { rows: allRows, columns: allColumns, values }: Overview,
  most: number,
  scale: ValueScale,
): Cut {
  const rows = pick(allRows, most);
  const columns = pick(allColumns, most);
  const taken = new Float64Array(rows.length * columns.length);
  let cell = 0;
  for (const row of rows) {
    const start = row * allColumns;
    // By index: an iterator allocates for each cell until V8 compiles the loop, which is most of a small picture.
    for (let k = 0; k < columns.length; k++) taken[cell++] = values[start + columns[k]!]!;
  }
  if (rows.length < allRows || columns.length < allColumns) {
    const sign = isMostlyHigh(taken, scale) ? -1 : 1;
    const [rowOf, columnOf] = [nearestOf(rows, allRows), nearestOf(columns, allColumns)];
    for (let row = 0; row < allRows; row++) {
      const to = columns.length * rowOf[row]!;
      keepExtremes(values.subarray(row * allColumns, (row + 1) * allColumns), taken, to, columnOf, sign);
    }
    // An axis of one cell is there twice.
    if (allRows === 1) taken.copyWithin(columns.length, 0, columns.length);
    if (allColumns === 1) for (let at = 0; at < taken.length; at += 2) taken[at + 1] = taken[at]!;
  }
  const heights = new Float32Array(taken.length);
  const special = scale.hasSpecial ? new Uint8Array(taken.length) : undefined;
  let hasHoles = false;
  for (cell = 0; cell < taken.length; cell++) {
    const height = scale.position(taken[cell]!);
    heights[cell] = height;
    if (Number.isNaN(height)) hasHoles = true;
    if (special && scale.isSpecial(taken[cell]!)) special[cell] = 1;
  }
  return { rows, columns, heights, special: special?.includes(1) ? special : undefined, hasHoles };
}

/** By some of the cells. */
function isMostlyHigh(cells: Float64Array, scale: ValueScale): boolean {
  const stride = Math.max(1, cells.length >> 11) | 1;
  let [high, all] = [0, 0];
  for (let cell = 0; cell < cells.length; cell += stride) {
    all++;
    if (scale.position(cells[cell]!) > 0.5) high++;
  }
  return high > all / 2;
}

/** A call for each row, for the reason that png.ts has. */
function keepExtremes(
  row: Float64Array,
  taken: Float64Array,
  to: number,
  columnOf: Uint32Array,
  sign: number,
): void {
  for (let column = 0; column < row.length; column++) {
    const value = row[column]!;
    const at = to + columnOf[column]!;
    // False where either is a hole.
    if (sign * value > sign * taken[at]! && Number.isFinite(value)) taken[at] = value;
  }
}

/** Evenly spread indices, both ends included; an axis of one cell is doubled so that it has an area. */
function pick(cells: number, most: number): number[] {
  const count = Math.max(2, Math.min(cells, most));
  return Array.from({ length: count }, (_, at) => Math.round((at * (cells - 1)) / (count - 1)));
}

/** For each index the picked one that stands for it: the nearest. */
function nearestOf(picked: readonly number[], length: number): Uint32Array {
  const nearest = new Uint32Array(length);
  let at = 0;
  for (let index = 0; index < length; index++) {
    while (at + 1 < picked.length && picked[at + 1]! - index < index - picked[at]!) at++;
    nearest[index] = at;
  }
  return nearest;
}
