/** A page's data, and what comes after it, as JSON: cells as base64 in their value's own type, bars as short lists. */
import { CELL_TYPES, type CellsText, cellTypeOf } from "./cells-text.ts";
import type { PageBar, PageChange, PageData } from "./page-data.ts";

/** Reads back by `readPage`. */
export function pageText(data: PageData): string {
  const values = data.values.map(({ cells, ...value }) => ({
    ...value,
    cells: cellsText(cells, value.dtype),
  }));
  return JSON.stringify({ ...data, values, bars: data.bars.map(barList) });
}

/** Reads back by `readChange`. */
export function changeText(change: PageChange): string {
  const tiles = change.tiles?.map(({ cells, ...tile }) => ({ ...tile, cells: cellsText(cells, "float64") }));
  const { bars } = change;
  return JSON.stringify({ ...change, ...(tiles && { tiles }), ...(bars && { bars: bars.map(barList) }) });
}

function cellsText(cells: Float64Array, dtype: string): CellsText {
  const type = cellTypeOf(dtype);
  const { array, hole } = CELL_TYPES[type];
  const packed = type === "float64" ? cells : new array(cells.length);
  if (packed !== cells)
    for (let k = 0; k < cells.length; k++) packed[k] = Number.isNaN(cells[k]) ? hole : cells[k]!;
  const { buffer, byteOffset, byteLength } = packed;
  return { type, base64: Buffer.from(buffer, byteOffset, byteLength).toString("base64") };
}

/** In hundredths of a millisecond, which no picture tells apart. */
const barList = ({ lane, chunk, chunks, startMs, durationMs, cpuMs }: PageBar) => [
  ...[lane, chunk, chunks],
  ...[startMs, durationMs, cpuMs].map((ms) => Math.round(100 * ms)),
];
