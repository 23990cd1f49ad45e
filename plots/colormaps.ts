/** Colours for values: tables of 256, the same as matplotlib's. */
import type { Colour } from "./canvas.ts";
import { COLORMAP_TABLES } from "./colormaps.generated.ts";
import type { ColormapName } from "./picture.ts";

const ENTRIES = 256;

/** The map's 256 colours, lowest value first, or `entries` of them, evenly spread with both ends. */
export function colormapTable(name: ColormapName, entries = ENTRIES): Uint32Array {
  const hex = COLORMAP_TABLES[name];
  return Uint32Array.from({ length: entries }, (_, k) => {
    const at = 6 * Math.round((k * (ENTRIES - 1)) / (entries - 1));
    return Number.parseInt(hex.slice(at, at + 6), 16);
  });
}

/** The colour at `position` 0..1 of a table; positions outside take the nearest end. */
export function colourAt(table: Uint32Array, position: number): Colour {
  return table[Math.min(table.length - 1, Math.max(0, Math.floor(position * table.length)))]!;
}
