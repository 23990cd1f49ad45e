/** Which cells of a job's pictures the page has, and a chunk's part of them. Pure. */
import { type Chunk, elementsIn } from "../../shared/array/layout.ts";
import { tileOf, type View } from "../../shared/array/overview.ts";
import { BYTES_PER_ELEMENT, type ChunkArray, type Dtype } from "../../shared/kernels/dtype.ts";
import type { PageTile } from "./page-data.ts";

/** What all cells of a page take at the most, before base64 makes four bytes of three. */
const MOST_BYTES = 1_200_000;
/** The most cells of a value, as of a square of 512. */
const MOST_CELLS = 512 * 512;

/** Cells of the pictures' view that the page has, ascending: some of its rows and columns. */
export interface Picked {
  readonly rows: Uint32Array;
  readonly columns: Uint32Array;
}

/** Evenly spread over the view: all of them where the values' cells are few enough. */
export function pickedCells(view: View, values: readonly { readonly dtype: Dtype }[]): Picked {
  const [columns = 1, rows = 1] = view.cells.slice(0, 2).toReversed();
  const bytes = values.reduce((sum, { dtype }) => sum + BYTES_PER_ELEMENT[dtype], 0);
  const most = Math.min(MOST_CELLS, MOST_BYTES / Math.max(1, bytes));
  const share = Math.min(1, Math.sqrt(most / (rows * columns)));
  return { rows: spread(rows, share), columns: spread(columns, share) };
}

function spread(cells: number, share: number): Uint32Array {
  const count = Math.max(1, Math.floor(cells * share));
  return Uint32Array.from({ length: count }, (_, k) => Math.floor(((k + 0.5) * cells) / count));
}

/**
 * A chunk's part of the page, by the cells that its report brought (row-major, in the shape of its tile); undefined where none of them was
 * picked. `value` is the index of the value. What is no finite number becomes NaN.
 */
export function pageTile(
  view: View,
  picked: Picked,
  chunk: Chunk,
  value: number,
  cells: ChunkArray,
): PageTile | undefined {
  const tile = tileOf(view, chunk);
  if (tile.elements === 0 || elementsIn(tile.shape) !== cells.length) return undefined;
  const [width = 1, height = 1] = tile.shape.slice(0, 2).toReversed();
  const [left = 0, top = 0] = tile.from.slice(0, 2).toReversed();
  const down = within(picked.rows, top, height);
  const across = within(picked.columns, left, width);
  const shape = [down.to - down.from, across.to - across.from] as const;
  if (shape[0] === 0 || shape[1] === 0) return undefined;
  const found = new Float64Array(shape[0] * shape[1]);
  let at = 0;
  for (let row = down.from; row < down.to; row++) {
    for (let column = across.from; column < across.to; column++) {
      const cell = cells[(picked.rows[row]! - top) * width + picked.columns[column]! - left]!;
      found[at++] = Number.isFinite(cell) ? cell : Number.NaN;
    }
  }
  return { value, from: [down.from, across.from], shape, cells: found };
}

/** Which of the ascending indices lie in the stretch. */
function within(picked: Uint32Array, start: number, length: number): { from: number; to: number } {
  const from = firstFrom(picked, start);
  return { from, to: Math.max(from, firstFrom(picked, start + length)) };
}

function firstFrom(picked: Uint32Array, start: number): number {
  let [low, high] = [0, picked.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (picked[middle]! < start) low = middle + 1;
    else high = middle;
  }
  return low;
}
