/** A page's data, and what comes after it, as JSON: cells as base64 in their value's own type, bars as short lists. */
import { CELL_TYPES, type CellsText, type CellType, cellTypeOf } from "./cells-text.ts";
import type { PageBar, PageChange, PageData } from "./page-data.ts";

/** Reads back by `readPage`. */
export const pageText = (data: PageData): string => pageJson(data, cellsText);

/** The page's JSON, with what stands in it for a value's cells. */
function pageJson(data: PageData, cellsAs: (cells: Float64Array, dtype: string) => unknown): string {
  const values = data.values.map(({ cells, ...value }) => ({ ...value, cells: cellsAs(cells, value.dtype) }));
  return JSON.stringify({ ...data, values, bars: data.bars.map(barList) });
}

/** The page as bytes, which compress better than text: the length of its JSON, that, and the cells of each value. Reads back by `readPageBytes`. */
export function pageBytes(data: PageData): Uint8Array {
  const cells: Uint8Array[] = [];
  const json = Buffer.from(
    pageJson(data, (values, dtype) => {
      const { type, bytes } = packedCells(values, dtype);
      cells.push(bytes);
      return { type, bytes: bytes.length };
    }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, ...cells]);
}

/** Reads back by `readChange`. */
export function changeText(change: PageChange): string {
  const tiles = change.tiles?.map(({ cells, ...tile }) => ({ ...tile, cells: cellsText(cells, "float64") }));
  const { bars } = change;
  return JSON.stringify({ ...change, ...(tiles && { tiles }), ...(bars && { bars: bars.map(barList) }) });
}

function cellsText(cells: Float64Array, dtype: string): CellsText {
  const { type, bytes } = packedCells(cells, dtype);
  return { type, base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64") };
}

function packedCells(
  cells: Float64Array,
  dtype: string,
): { readonly type: CellType; readonly bytes: Uint8Array } {
  const type = cellTypeOf(dtype);
  const { array, hole } = CELL_TYPES[type];
  // Converted as a whole: this is in the time of each job that has a report.
  const packed = type === "float64" ? cells : new array(cells);
  if (!Number.isNaN(hole) && cells.includes(Number.NaN))
    for (let k = 0; k < cells.length; k++) if (Number.isNaN(cells[k])) packed[k] = hole;
  const { buffer, byteOffset, byteLength } = packed;
  return { type, bytes: new Uint8Array(buffer, byteOffset, byteLength) };
}

/** In hundredths of a millisecond, which no picture tells apart. */
const barList = ({ lane, chunk, chunks, startMs, durationMs, cpuMs }: PageBar) => [
  ...[lane, chunk, chunks],
  ...[startMs, durationMs, cpuMs].map((ms) => Math.round(100 * ms)),
];
