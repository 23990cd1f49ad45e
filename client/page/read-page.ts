/** A page's data from its text, in the browser: the other side of page-text.ts. */
import { CELL_TYPES, type CellsText } from "./cells-text.ts";
import type { PageBar, PageChange, PageData } from "./page-data.ts";

type WithCells<T> = Omit<T, "cells"> & { readonly cells: CellsText };
type BarList = readonly [
  lane: number,
  chunk: number,
  chunks: number,
  start: number,
  duration: number,
  cpu: number,
];

/** What `pageText` wrote. */
export function readPage(text: string): PageData {
  const page = JSON.parse(text) as Omit<PageData, "values" | "bars"> & {
    readonly values: readonly WithCells<PageData["values"][number]>[];
    readonly bars: readonly BarList[];
  };
  const values = page.values.map((value) => ({ ...value, cells: cellsOf(value.cells) }));
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

function cellsOf({ type, base64 }: CellsText): Float64Array {
  const { array, hole } = CELL_TYPES[type];
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const packed = new array(bytes.buffer);
  const cells = new Float64Array(packed.length);
  for (let k = 0; k < cells.length; k++) cells[k] = packed[k] === hole ? Number.NaN : packed[k]!;
  return cells;
}

const barOf = ([lane, chunk, chunks, start, duration, cpu]: BarList): PageBar => ({
  ...{ lane, chunk, chunks },
  ...{ startMs: start / 100, durationMs: duration / 100, cpuMs: cpu / 100 },
});
