/** A page's data from its text, in the browser: the other side of page-text.ts. */
import { CELL_TYPES, type CellsText, type CellType } from "./cells-text.ts";
import type { PageBar, PageChange, PageData } from "./page-data.ts";

/** What `pageBytes` has in place of cells, which follow the JSON. */
interface CellsBytes {
  readonly type: CellType;
  readonly bytes: number;
}
type WithCells<T, Cells = CellsText> = Omit<T, "cells"> & { readonly cells: Cells };
type BarList = readonly [
  lane: number,
  chunk: number,
  chunks: number,
  start: number,
  duration: number,
  cpu: number,
];

/** What `pageText` wrote. */
export const readPage = (text: string): PageData => readJson(text, cellsOf);

/** What `pageBytes` wrote. */
export function readPageBytes(bytes: Uint8Array): PageData {
  const { buffer, byteOffset } = bytes;
  let at = 4 + new DataView(buffer, byteOffset).getUint32(0, true);
  return readJson(new TextDecoder().decode(bytes.subarray(4, at)), (cells: CellsBytes) => {
    at += cells.bytes;
    return unpacked(cells.type, bytes.slice(at - cells.bytes, at));
  });
}

function readJson<Cells>(text: string, read: (cells: Cells) => Float64Array): PageData {
  const page = JSON.parse(text) as Omit<PageData, "values" | "bars"> & {
    readonly values: readonly WithCells<PageData["values"][number], Cells>[];
    readonly bars: readonly BarList[];
  };
  const values = page.values.map((value) => ({ ...value, cells: read(value.cells) }));
  return { ...page, values, bars: page.bars.map(barOf) };
}

/** What `changeText` wrote. */
export function readChange(text: string): PageChange {
  const { tiles, bars, ...change } = JSON.parse(text) as Omit<PageChange, "tiles" | "bars"> & {
    readonly tiles?: readonly WithCells<NonNullable<PageChange["tiles"]>[number]>[];
    readonly bars?: readonly BarList[];
  };
  return {
    ...change,
    ...(tiles && { tiles: tiles.map((tile) => ({ ...tile, cells: cellsOf(tile.cells) })) }),
    ...(bars && { bars: bars.map(barOf) }),
  };
}

const cellsOf = ({ type, base64 }: CellsText): Float64Array => unpacked(type, bytesOf(base64));

/** The bytes that base64 stands for. */
export const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

function unpacked(type: CellType, bytes: Uint8Array<ArrayBuffer>): Float64Array {
  const { array, hole } = CELL_TYPES[type];
  const packed = new array(bytes.buffer);
  const cells = new Float64Array(packed.length);
  for (let k = 0; k < cells.length; k++) cells[k] = packed[k] === hole ? Number.NaN : packed[k]!;
  return cells;
}

const barOf = ([lane, chunk, chunks, start, duration, cpu]: BarList): PageBar => ({
  ...{ lane, chunk, chunks },
  ...{ startMs: start / 100, durationMs: duration / 100, cpuMs: cpu / 100 },
});
