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

/** Enough chunks to keep a small fleet busy to the end, each large enough to be worth an object. */
const AIMED_CHUNKS = 64;
const SMALLEST_SIDE = 128;
const LARGEST_CHUNK_BYTES = 2 * 2 ** 20;

/** The chunk shape for `auto`: square where the array allows, about 64 chunks, at most 2 MiB each. */
export function autoChunkShape(shape: readonly number[], bytesPerElement: number): number[] {
  const elements = shape.reduce((product, n) => product * n, 1);
  const most = LARGEST_CHUNK_BYTES / bytesPerElement;
  const aimed = Math.min(Math.max(elements / AIMED_CHUNKS, SMALLEST_SIDE ** 2), most);
  const [columns = 1, rows = 1] = shape.toReversed();
  const chunkColumns = Math.min(columns, Math.floor(aimed / Math.min(rows, Math.floor(Math.sqrt(aimed)))));
  const chunkRows = Math.min(rows, Math.floor(aimed / chunkColumns));
  return shape.length === 1 ? [chunkColumns] : [chunkRows, chunkColumns];
}

/** Bounds for `auto` packing: about this many messages, and never more chunks than fit a message's budget. */
const AIMED_MESSAGES = 2_000;
export const MAX_CHUNKS_PER_MESSAGE = 50;
const AUTO_CHUNKS_PER_MESSAGE = 20;

/** Chunks per message for `auto`: one, until there are so many that messages would cost more than they carry. */
export function autoChunksPerMessage(chunks: number): number {
  return Math.min(Math.max(Math.ceil(chunks / AIMED_MESSAGES), 1), AUTO_CHUNKS_PER_MESSAGE);
}

/** Consecutive chunk indices in lists of `size`. */
export function* pack(chunks: number, size: number): Generator<number[]> {
  for (let first = 0; first < chunks; first += size) {
    yield Array.from({ length: Math.min(size, chunks - first) }, (_, k) => first + k);
  }
}
