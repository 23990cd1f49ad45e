/** Samples the colour maps at 256 places and writes them as a TypeScript file. */
import {
  interpolateInferno,
  interpolateMagma,
  interpolatePlasma,
  interpolateViridis,
  schemeBrBG,
  schemePuOr,
  schemeRdBu,
} from "d3-scale-chromatic";

const ENTRIES = 256;

type Segments = readonly (readonly [at: number, value: number])[];

/** matplotlib's `_jet_data` (lib/matplotlib/_cm.py), whose segments all join without a jump. */
const JET: Record<"red" | "green" | "blue", Segments> = {
  red: [
    [0, 0],
    [0.35, 0],
    [0.66, 1],
    [0.89, 1],
    [1, 0.5],
  ],
  green: [
    [0, 0],
    [0.125, 0],
    [0.375, 1],
    [0.64, 1],
    [0.91, 0],
    [1, 0],
  ],
  blue: [
    [0, 0.5],
    [0.11, 1],
    [0.34, 1],
    [0.65, 0],
    [1, 0],
  ],
};

/** The text of `colormaps.generated.ts`. */
export function colormapsFile(): string {
  const maps = {
    viridis: table(interpolateViridis),
    inferno: table(interpolateInferno),
    magma: table(interpolateMagma),
    plasma: table(interpolatePlasma),
    jet: Array.from({ length: ENTRIES }, (_, at) => jet(at)).join(""),
  };
  const joined = (scheme: readonly (readonly string[])[]) => scheme[11]!.map((colour) => colour.slice(1));
  const diverging = {
    rdbu: joined(schemeRdBu).join(""),
    '"rdbu-r"': joined(schemeRdBu).toReversed().join(""),
    puor: joined(schemePuOr).join(""),
    brbg: joined(schemeBrBG).join(""),
  };
  return [
    "// Made by plots/generate/main.ts. Do not edit.",
    "// viridis, inferno, magma, plasma: d3-scale-chromatic 3.1.1 (ISC), after matplotlib's (CC0).",
    "// jet: matplotlib's segment data, truncated to bytes as matplotlib does.",
    "",
    "/** 256 colours of six hexadecimal digits each. */",
    "export const COLORMAP_TABLES = {",
    ...Object.entries(maps).map(([name, hex]) => `  ${name}: "${hex}",`),
    "} as const;",
    "",
    "/** Control colours of diverging maps, of six hexadecimal digits each: ColorBrewer's of 11 steps, as d3-scale-chromatic has them. */",
    "export const DIVERGING_COLOURS = {",
    ...Object.entries(diverging).map(([name, hex]) => `  ${name}: "${hex}",`),
    "} as const;",
    "",
  ].join("\n");
}

function table(interpolate: (t: number) => string): string {
  return Array.from({ length: ENTRIES }, (_, at) => interpolate((at + 0.5) / ENTRIES).slice(1)).join("");
}

function jet(entry: number): string {
  return [JET.red, JET.green, JET.blue].map((segments) => hexByte(piecewise(segments, entry))).join("");
}

/** Computes in units of entries, not 0..1, as matplotlib does: in units of 0..1 some bytes come out one lower. */
function piecewise(segments: Segments, entry: number): number {
  const points = segments.map(([at, value]) => [at * (ENTRIES - 1), value] as const);
  const upper = Math.max(
    1,
    points.findIndex(([at]) => entry <= at),
  );
  const [[from, low], [to, high]] = [points[upper - 1]!, points[upper]!];
  return ((entry - from) / (to - from)) * (high - low) + low;
}

function hexByte(share: number): string {
  return Math.floor(share * 255)
    .toString(16)
    .padStart(2, "0");
}
