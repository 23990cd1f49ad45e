/** Rasterises the letters that the pictures are labelled with and writes them as a TypeScript file. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { brotliCompressSync } from "node:zlib";
import opentype from "opentype.js";
import { type Bitmap, type PathCommand, rasterise } from "./outline.ts";

const PACKAGE = "dejavu-fonts-ttf";
const SIZES_PX = [14, 17, 24, 30];
/** The characters that names and units of kernels may have, and the box that replaces every other character. */
const CHARACTERS = [
  ...[between(" ", "~"), between("\u00a0", "¬"), between("®", "ÿ")],
  ...[between("Α", "Ρ"), between("Σ", "Ω"), between("α", "ω"), "ϑϕϵ"],
  ...["⁰ⁱ⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ", between("₀", "₉"), "₊₋"],
  ...["−∓∘∙⋅√∛∞∂∇∑∏∫∝∈∅∠∥⊥≈≠≡≤≥≪≫ℏℓ", "←↑→↓↔⇒", "\u2009\u202f–—‘’“”„†‡•…‰′″€"],
  "□",
].join("");

const resolve = createRequire(import.meta.url).resolve;

/** The text of `glyphs.generated.ts`. */
export function glyphsFile(): string {
  const font = opentype.parse(new Uint8Array(readFileSync(resolve(`${PACKAGE}/ttf/DejaVuSans.ttf`))).buffer);
  const sheets = SIZES_PX.map(
    (sizePx) =>
      `  { sizePx: ${sizePx}, capHeightPx: ${capHeightPx(font, sizePx)}, data: "${encode(font, sizePx)}" },`,
  );
  return [
    "/*! Made by plots/generate/main.ts from DejaVu Sans 2.37 (npm dejavu-fonts-ttf 2.37.3). Do not edit.",
    "",
    licence().trimEnd(),
    "*/",
    "",
    `export const CHARACTERS = ${JSON.stringify(CHARACTERS)};`,
    "",
    "/**",
    " * Per character, in px: advance (uint8), left, top (int8), width, height (uint8), then 4 bits of alpha per pixel; all of a",
    " * size together as brotli compresses it.",
    " */",
    "export const SHEETS = [",
    ...sheets,
    "] as const;",
    "",
  ].join("\n");
}

/** Every character from `first` to `last`. */
function between(first: string, last: string): string {
  const [from, to] = [first.charCodeAt(0), last.charCodeAt(0)];
  return String.fromCharCode(...Array.from({ length: to - from + 1 }, (_, at) => from + at));
}

function encode(font: opentype.Font, sizePx: number): string {
  const parts = [...CHARACTERS].map((character) => {
    const glyph = font.charToGlyph(character);
    if (glyph.index === 0) throw new TypeError(`Expected a font with ${character}, got none`);
    const outline = glyph.getPath(0, 0, font.unitsPerEm).commands as readonly PathCommand[];
    const scale = sizePx / font.unitsPerEm;
    const toRow = fitToPixelRows(font, sizePx);
    const bitmap = rasterise(outline.map((command) => scaled(command, scale, toRow)));
    return pack(bitmap, Math.round((glyph.advanceWidth ?? 0) * scale));
  });
  return brotliCompressSync(Buffer.concat(parts)).toString("base64");
}

function pack({ left, top, width, height, alpha }: Bitmap, advance: number): Buffer {
  const packed = Buffer.alloc(5 + Math.ceil(alpha.length / 2));
  packed.writeUInt8(advance, 0);
  packed.writeInt8(left, 1);
  packed.writeInt8(top, 2);
  packed.writeUInt8(width, 3);
  packed.writeUInt8(height, 4);
  alpha.forEach((value, at) => {
    packed[5 + (at >> 1)]! |= at % 2 === 0 ? value << 4 : value;
  });
  return packed;
}

function scaled(command: PathCommand, scale: number, toRow: (y: number) => number): PathCommand {
  const { type, x = 0, y = 0, x1 = 0, y1 = 0 } = command;
  return { type, x: x * scale, y: -toRow(-y), x1: x1 * scale, y1: -toRow(-y1) };
}

/**
 * Stretches heights so that the tops of x and H fall on whole pixels and round letters lose their overshoot:
 * without it small text has grey, blurred upper edges.
 */
function fitToPixelRows(font: opentype.Font, sizePx: number): (y: number) => number {
  const scale = sizePx / font.unitsPerEm;
  const overshoot = 30;
  const x = top(font, "x");
  const cap = top(font, "H");
  const knots: [number, number][] = [
    [-font.unitsPerEm, -sizePx],
    [-overshoot, 0],
    [0, 0],
    [x, Math.round(x * scale)],
    [x + overshoot, Math.round(x * scale)],
    [cap, Math.round(cap * scale)],
    [cap + overshoot, Math.round(cap * scale)],
    [cap + overshoot + font.unitsPerEm, Math.round(cap * scale) + sizePx],
  ];
  return (y) => {
    const upper = Math.max(
      1,
      knots.findIndex(([from]) => y <= from),
    );
    const [[y0, to0], [y1, to1]] = [knots[upper - 1]!, knots[upper]!];
    return to0 + ((y - y0) / (y1 - y0)) * (to1 - to0);
  };
}

function capHeightPx(font: opentype.Font, sizePx: number): number {
  return Math.round((top(font, "H") * sizePx) / font.unitsPerEm);
}

function top(font: opentype.Font, character: string): number {
  return font.charToGlyph(character).getBoundingBox().y2;
}

/** Everything up to the licences of the mathematical font, which is not used. */
function licence(): string {
  const text = readFileSync(resolve(`${PACKAGE}/LICENSE`), "utf8");
  return text.slice(0, text.indexOf("TeX Gyre DJV Math")).replace(/[ \t\r]+$/gm, "");
}
