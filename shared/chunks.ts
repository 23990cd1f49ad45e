import { UNKNOWN_WORK, WORK_PER_SECOND } from "./work.ts";

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

/** Enough chunks to keep a small fleet busy to the end. */
const AIMED_CHUNKS = 64;
/** What is worth an object: 128 x 128 elements of a thousand units, more that cost less, fewer that cost more. */
const SMALLEST_WORK = 128 ** 2 * 1000;
const LARGEST_WORK = 2.5 * WORK_PER_SECOND;
const LARGEST_CHUNK_BYTES = 2 * 2 ** 20;
/** So many at most by themselves, however dear their elements: a quarter of what a job may have. */
const MOST_CHUNKS = 250_000;

/**
 * The chunk shape for `auto`: square where the array allows, about 64 chunks. If each of its elements cost
 * `mostWork`, a chunk would take 0.16 to 2.5 s at the stated rate; at most 2 MiB.
 */
export function autoChunkShape(
  shape: readonly number[],
  bytesPerElement: number,
  mostWork = UNKNOWN_WORK,
): number[] {
  const elements = shape.reduce((product, n) => product * n, 1);
  const smallest = SMALLEST_WORK / mostWork;
  const largest = Math.max(LARGEST_WORK / mostWork, elements / MOST_CHUNKS);
  const wanted = Math.min(Math.max(elements / AIMED_CHUNKS, smallest), largest);
  const aimed = Math.max(1, Math.min(wanted, LARGEST_CHUNK_BYTES / bytesPerElement));
  const [columns = 1, rows = 1] = shape.toReversed();
  const chunkColumns = Math.min(columns, Math.floor(aimed / Math.min(rows, Math.floor(Math.sqrt(aimed)))));
  const chunkRows = Math.min(rows, Math.floor(aimed / chunkColumns));
  return shape.length === 1 ? [chunkColumns] : [chunkRows, chunkColumns];
}

/** What a message may ask for at most. */
export const MAX_CHUNKS_PER_MESSAGE = 50;
