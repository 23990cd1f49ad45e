import type { ChunkGrid, ChunkWindow } from "./chunks.ts";
import type { ChunkArray } from "./kernels/kernel.ts";

const MAX_SIDE = 1000;

/**
 * The down-sampled array that pictures are drawn from: at most 1,000 x 1,000 cells, each the element at its
 * centre index, so that a picture does not depend on how the array was cut.
 */
export interface OverviewShape {
  readonly rows: number;
  readonly columns: number;
}

/** The overview cells whose centre lies in one chunk; ends are exclusive. */
export interface TileWindow {
  readonly rowStart: number;
  readonly rowEnd: number;
  readonly columnStart: number;
  readonly columnEnd: number;
}

export function overviewShape(grid: ChunkGrid): OverviewShape {
  return { rows: Math.min(grid.rows, MAX_SIDE), columns: Math.min(grid.columns, MAX_SIDE) };
}

export function tileWindow(grid: ChunkGrid, window: ChunkWindow): TileWindow {
  const { rows, columns } = overviewShape(grid);
  return {
    rowStart: firstCellFrom(window.rowStart, rows, grid.rows),
    rowEnd: firstCellFrom(window.rowEnd, rows, grid.rows),
    columnStart: firstCellFrom(window.columnStart, columns, grid.columns),
    columnEnd: firstCellFrom(window.columnEnd, columns, grid.columns),
  };
}

/** The chunk's values at its overview cells, row-major, shape of its tile window; the same array where these are all. */
export function sampleTile(grid: ChunkGrid, window: ChunkWindow, values: ChunkArray): ChunkArray {
  const { rows, columns } = overviewShape(grid);
  if (rows === grid.rows && columns === grid.columns) return values;
  const tile = tileWindow(grid, window);
  const width = window.columnEnd - window.columnStart;
  const tileWidth = tile.columnEnd - tile.columnStart;
  const sampled = values.slice(0, (tile.rowEnd - tile.rowStart) * tileWidth); // same type, right length
  const picked = Int32Array.from(
    { length: tileWidth },
    (_, k) => centre(tile.columnStart + k, columns, grid.columns) - window.columnStart,
  );
  let at = 0;
  for (let row = tile.rowStart; row < tile.rowEnd; row++) {
    const start = (centre(row, rows, grid.rows) - window.rowStart) * width;
    for (let k = 0; k < tileWidth; k++) sampled[at++] = values[start + picked[k]!]!;
  }
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
