import type { ChunkArray } from "../kernels/dtype.ts";
import { stridesOf } from "./block-copy.ts";
import { type Block, elementsIn, type Layout } from "./layout.ts";

/** The most cells a side. */
const MOST_CELLS = 1000;

/**
 * What the pictures show of an array: at most 1,000 x 1,000 cells along its first two axes, at one index of each other axis.
 * Each cell takes the element at its centre index, so a picture does not depend on the chunks.
 */
export interface View {
  readonly layout: Layout;
  /** The number of cells along each axis: 1 from the third on. */
  readonly cells: readonly number[];
  /** The index along each axis from the third on; the first two have none. */
  readonly at: readonly (number | undefined)[];
}

/** The view at these indices of the axes; in the middle of an axis without one. */
export function viewOf(layout: Layout, at: readonly (number | undefined)[] = []): View {
  const { shape } = layout;
  return {
    layout,
    cells: shape.map((length, axis) => (axis < 2 ? Math.min(length, MOST_CELLS) : 1)),
    at: shape.map((length, axis) => (axis < 2 ? undefined : (at[axis] ?? Math.floor(length / 2)))),
  };
}

/** The cells of the view whose centre lies in one chunk. */
export function tileOf(view: View, chunk: Block): Block {
  const from = chunk.from.map((start, axis) => firstCellFrom(view, axis, start));
  const shape = chunk.from.map(
    (start, axis) => firstCellFrom(view, axis, start + chunk.shape[axis]!) - from[axis]!,
  );
  return { from, shape, elements: elementsIn(shape) };
}

/**
 * The chunk's values at the view's cells, row-major, in the shape of its tile; `values` itself if the tile has every
 * element.
 */
export function sampleTile(view: View, chunk: Block, values: ChunkArray): ChunkArray {
  const { cells, layout } = view;
  if (elementsIn(cells) === layout.elements) return values;
  const tile = tileOf(view, chunk);
  const sampled = values.slice(0, tile.elements); // for an array of the same type and the right length
  const strides = stridesOf(chunk.shape);
  /** The distance of each cell's element from the chunk's first one, along each axis. */
  const offsets = tile.shape.map((length, axis) => {
    const along = new Int32Array(length);
    for (let k = 0; k < length; k++) {
      const element = centre(view, axis, tile.from[axis]! + k);
      along[k] = (element - chunk.from[axis]!) * strides[axis]!;
    }
    return along;
  });
  const line = offsets.pop()!;
  let at = 0;
  const sampleFrom = (start: number, axis: number): void => {
    const along = offsets[axis];
    if (along) for (const offset of along) sampleFrom(start + offset, axis + 1);
    else for (let k = 0; k < line.length; k++) sampled[at++] = values[start + line[k]!]!;
  };
  sampleFrom(0, 0);
  return sampled;
}

/** The element in the middle of a view's cell. */
function centre({ at, cells, layout }: View, axis: number, cell: number): number {
  return at[axis] ?? Math.floor(((cell + 0.5) * layout.shape[axis]!) / cells[axis]!);
}

/** The first cell whose centre is at or after the element. */
function firstCellFrom(view: View, axis: number, element: number): number {
  const cells = view.cells[axis]!;
  let cell = cells === 1 ? 0 : Math.max(0, Math.floor((element * cells) / view.layout.shape[axis]!) - 1);
  while (cell < cells && centre(view, axis, cell) < element) cell++;
  return cell;
}
