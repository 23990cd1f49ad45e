import { type Axis, arrayShape } from "./grid.ts";

/** How an array of shape [rows, columns] is cut into chunks. A chunk's index counts in row-major order. */
export interface ChunkGrid {
  readonly rows: number;
  readonly columns: number;
  readonly chunkRows: number;
  readonly chunkColumns: number;
  /** Chunks along each dimension, and all of them. */
  readonly down: number;
  readonly across: number;
  readonly total: number;
}

/** The part of the array that one chunk covers; ends are exclusive, edge chunks are cut to the array. */
export interface ChunkWindow {
  readonly i: number;
  readonly j: number;
  readonly rowStart: number;
  readonly rowEnd: number;
  readonly columnStart: number;
  readonly columnEnd: number;
}

/** Shapes are [rows, columns], or [columns] for an array with one axis. */
export function chunkGrid(shape: readonly number[], chunkShape: readonly number[]): ChunkGrid {
  const [columns = 1, rows = 1] = shape.toReversed();
  const [chunkColumns = 1, chunkRows = 1] = chunkShape.toReversed();
  const down = Math.ceil(rows / chunkRows);
  const across = Math.ceil(columns / chunkColumns);
  return { rows, columns, chunkRows, chunkColumns, down, across, total: down * across };
}

/** Cuts a job's array into its chunks. */
export function gridOf(spec: {
  readonly axes: readonly Axis[];
  readonly chunkShape: readonly number[];
}): ChunkGrid {
  return chunkGrid(arrayShape(spec), spec.chunkShape);
}

/** How many elements an array, or a chunk, of that shape has. */
export function elementsIn(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

export function chunkWindow(grid: ChunkGrid, chunk: number): ChunkWindow {
  const i = Math.floor(chunk / grid.across);
  const j = chunk % grid.across;
  const rowStart = i * grid.chunkRows;
  const columnStart = j * grid.chunkColumns;
  return {
    i,
    j,
    rowStart,
    rowEnd: Math.min(rowStart + grid.chunkRows, grid.rows),
    columnStart,
    columnEnd: Math.min(columnStart + grid.chunkColumns, grid.columns),
  };
}

/** What a message may ask for at most. */
export const MAX_CHUNKS_PER_MESSAGE = 50;
