/** Colours for values: tables of 256, the same as matplotlib's and d3's. */
import { COLORMAP_TABLES, DIVERGING_COLOURS } from "./colormaps.generated.ts";
import type { Colour } from "./drawing.ts";

const ENTRIES = 256;

type Diverging = keyof typeof DIVERGING_COLOURS;
/** Cyclic maps end as they begin. */
export type ColormapName = keyof typeof COLORMAP_TABLES | Diverging | "sinebow" | "rainbow";

/** Whether the map's middle stands for zero where values have both signs. */
export const isDiverging = (name: ColormapName): name is Diverging => name in DIVERGING_COLOURS;

/** The map's 256 colours, lowest value first, or `entries` of them, evenly spread with both ends. */
export function colormapTable(name: ColormapName, entries = ENTRIES): Uint32Array {
  return Uint32Array.from({ length: entries }, (_, k) => {
    const at = Math.round((k * (ENTRIES - 1)) / (entries - 1));
    return colourOf(name, at);
  });
}

function colourOf(name: ColormapName, entry: number): Colour {
  const share = (entry + 0.5) / ENTRIES;
  if (name === "sinebow") return sinebow(share);
  if (name === "rainbow") return rainbow(share);
  if (isDiverging(name)) return spline(DIVERGING_COLOURS[name], share);
  return Number.parseInt(COLORMAP_TABLES[name].slice(6 * entry, 6 * entry + 6), 16);
}

/** The colour at `position` 0..1 of a table; positions outside take the nearest end. */
export function colourAt(table: Uint32Array, position: number): Colour {
  return table[Math.min(table.length - 1, Math.max(0, Math.floor(position * table.length)))]!;
}

/** A uniform cubic B-spline through the control colours, as d3-interpolate's `interpolateRgbBasis`. */
function spline(hex: string, share: number): Colour {
  const last = hex.length / 6 - 1;
  const piece = Math.min(last - 1, Math.floor(share * last));
  const t = share * last - piece;
  const channel = (shift: number) => {
    const at = (k: number) => (Number.parseInt(hex.slice(6 * k, 6 * k + 6), 16) >> shift) & 255;
    const [from, to] = [at(piece), at(piece + 1)];
    const before = piece > 0 ? at(piece - 1) : 2 * from - to;
    const after = piece < last - 1 ? at(piece + 2) : 2 * to - from;
    const [t2, t3] = [t * t, t * t * t];
    const sum =
      (1 - 3 * t + 3 * t2 - t3) * before +
      (4 - 6 * t2 + 3 * t3) * from +
      (1 + 3 * t + 3 * t2 - 3 * t3) * to +
      t3 * after;
    return sum / 6;
  };
  return rgb(channel(16), channel(8), channel(0));
}

/** Bumgardner and Loyd's, as d3-scale-chromatic's `interpolateSinebow`. */
function sinebow(share: number): Colour {
  const channel = (turn: number) => 255 * Math.sin((0.5 - share + turn) * Math.PI) ** 2;
  return rgb(channel(0), channel(1 / 3), channel(2 / 3));
}

/** Davies' "less-angry" rainbow in Green's cubehelix space, as d3-scale-chromatic's `interpolateRainbow`. */
function rainbow(share: number): Colour {
  const off = Math.abs(share - 0.5);
  const hue = ((360 * share - 100 + 120) * Math.PI) / 180;
  const light = 0.8 - 0.9 * off;
  const amount = (1.5 - 1.5 * off) * light * (1 - light);
  const [cos, sin] = [Math.cos(hue), Math.sin(hue)];
  const channel = (a: number, b: number) => 255 * (light + amount * (a * cos + b * sin));
  return rgb(channel(-0.14861, 1.78277), channel(-0.29227, -0.90649), channel(1.97294, 0));
}

const rgb = (red: number, green: number, blue: number): Colour =>
  [red, green, blue].reduce((sum, each) => sum * 256 + Math.min(255, Math.max(0, Math.round(each))), 0);
