import type { ChunkArray } from "../kernels/kernel.ts";
import { stridesOf } from "./block-copy.ts";
import { type Block, type Chunk, elementsIn, type Layout } from "./layout.ts";

/** The most cells a side, by the number of axes: about a million in all if pictures show one or two axes. */
const MOST_CELLS = [1, 1000, 1000, 100, 31, 15, 10];

/**
 * The shape of the down-sampled array for pictures: at most 1,000 x 1,000 cells. Each cell takes the element at its
 * centre index, so a picture does not depend on the chunks.
 */
export function overviewShape({ shape }: Layout): number[] {
  const most = MOST_CELLS[shape.length] ?? 1;
  return shape.map((length) => Math.min(length, most));
}

/** The overview cells whose centre lies in one chunk. */
export function tileOf(layout: Layout, chunk: Chunk): Block {
  const cells = overviewShape(layout);
  const from = chunk.from.map((start, axis) => firstCellFrom(start, cells[axis]!, layout.shape[axis]!));
  const shape = chunk.from.map((start, axis) => {
    const end = start + chunk.shape[axis]!;
    return firstCellFrom(end, cells[axis]!, layout.shape[axis]!) - from[axis]!;
  });
  return { from, shape, elements: elementsIn(shape) };
}

/**
 * The chunk's values at its overview cells, row-major, in the shape of its tile; `values` itself if the tile has every
 * element.
 */
export function sampleTile(layout: Layout, chunk: Chunk, values: ChunkArray): ChunkArray {
  const cells = overviewShape(layout);
  if (elementsIn(cells) === layout.elements) return values;
  const tile = tileOf(layout, chunk);
  const sampled = values.slice(0, tile.elements); // for an array of the same type and the right length
  const strides = stridesOf(chunk.shape);
  /** The distance of each cell's element from the chunk's first one, along each axis. */
  const offsets = tile.shape.map((length, axis) => {
    const along = new Int32Array(length);
    for (let k = 0; k < length; k++) {
      const element = centre(tile.from[axis]! + k, cells[axis]!, layout.shape[axis]!);
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

/** The element in the middle of an overview cell. */
function centre(cell: number, cells: number, elements: number): number {
  return Math.floor(((cell + 0.5) * elements) / cells);
}

/** The first cell whose centre is at or after the element. */
function firstCellFrom(element: number, cells: number, elements: number): number {
  let cell = Math.max(0, Math.floor((element * cells) / elements) - 1);
  while (cell < cells && centre(cell, cells, elements) < element) cell++;
  return cell;
}
