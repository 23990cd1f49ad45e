/** Which cells of a page a chunk's tile fills. */
import { tileOf, type View } from "../../shared/array/overview.ts";
import type { ChunkArray } from "../../shared/kernels/dtype.ts";
import type { PageData } from "../page/page-data.ts";

/** A block of the page's overview: rows and columns from these on. */
export interface Cells {
  readonly from: readonly [row: number, column: number];
  readonly shape: readonly [rows: number, columns: number];
}

/** One side of the overview: the cell of the view, at most 1,000 a side, that each cell of the page, at most about 512, shows. */
interface Side {
  readonly cells: Uint32Array;
}

/**
 * How the tiles that reports bring lie on a page, which has fewer cells: each shows the element at its index along each axis, and so do
 * the view's cells.
 */
export class PageCells {
  readonly #view: View;
  readonly #rows: Side;
  readonly #columns: Side;

  constructor(view: View, { axes }: Pick<PageData, "axes">) {
    this.#view = view;
    const [columns, rows] = axes
      .slice(0, 2)
      .map((axis, k) => sideOf(view, k, axis))
      .toReversed();
    this.#rows = rows ?? { cells: new Uint32Array(1) };
    this.#columns = columns ?? { cells: new Uint32Array() };
  }

  get shape(): readonly [rows: number, columns: number] {
    return [this.#rows.cells.length, this.#columns.cells.length];
  }

  /** Those whose element lies in the chunk; none where the page is cut elsewhere. */
  of(chunk: number): Cells {
    const { from, shape, elements } = this.#tile(chunk);
    if (elements === 0) return { from: [0, 0], shape: [0, 0] };
    const [firstRow, rows] = within(this.#rows, from[0], shape[0]);
    const [firstColumn, columns] = within(this.#columns, from[1], shape[1]);
    return { from: [firstRow, firstColumn], shape: [rows, columns] };
  }

  /** Writes the tile's cells into `overview`, row-major. Cells that are no finite number have no colour. */
  paint(chunk: number, tile: ChunkArray, overview: Float64Array): void {
    const { from, shape } = this.#tile(chunk);
    const { from: cell, shape: cells } = this.of(chunk);
    const width = this.#columns.cells.length;
    for (let row = 0; row < cells[0]; row++) {
      const line = (this.#rows.cells[cell[0] + row]! - from[0]) * shape[1];
      const to = (cell[0] + row) * width + cell[1];
      for (let column = 0; column < cells[1]; column++) {
        const value = tile[line + this.#columns.cells[cell[1] + column]! - from[1]]!;
        overview[to + column] = Number.isFinite(value) ? value : Number.NaN;
      }
    }
  }

  /** The chunk's tile in rows and columns: one row where the array has one axis. */
  #tile(chunk: number) {
    const { from, shape, elements } = tileOf(this.#view, this.#view.layout.chunk(chunk));
    const [columns = 0, rows = 1] = shape.slice(0, 2).toReversed();
    const [left = 0, top = 0] = from.slice(0, 2).toReversed();
    return { from: [top, left] as const, shape: [rows, columns] as const, elements };
  }
}

/** Each of the page's cells shows one of the view's, or the one beside it where the page's element lies between two. */
function sideOf({ cells, layout }: View, axis: number, { coordinates, indices }: PageData["axes"][number]): Side {
  const length = layout.shape[axis]!;
  const most = cells[axis]!;
  return {
    cells: Uint32Array.from(coordinates, (_, k) => Math.min(most - 1, Math.floor(((indices?.[k] ?? k) * most) / length))),
  };
}

/** The first cell of the side at or after `from`, and how many there are before `from + length`. */
function within({ cells }: Side, from: number, length: number): readonly [first: number, count: number] {
  const first = firstAt(cells, from);
  return [first, firstAt(cells, from + length) - first];
}

/** The cells rise: the first one that is not below `least`. */
function firstAt(cells: Uint32Array, least: number): number {
  let [low, high] = [0, cells.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cells[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
