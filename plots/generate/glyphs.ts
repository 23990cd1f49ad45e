/** Takes the letters' outlines that the pictures are labelled with from the font and writes them as a TypeScript file. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { brotliCompressSync, constants } from "node:zlib";
import opentype from "opentype.js";

const PACKAGE = "dejavu-fonts-ttf";
/** Units of an em in the table: a fourth of the font's, an error of a tenth of a pixel at 100 px. */
const UNITS = 512;
/** The characters that names and units of kernels may have, and the box that replaces every other character. */
const CHARACTERS = [
  ...[between(" ", "~"), between("\u00a0", "¬"), between("®", "ſ")],
  ...[between("Α", "Ρ"), between("Σ", "Ω"), between("α", "ω"), "ϑϕϵ"],
  ...[between("А", "я"), "ЁёЄєІіЇїЎўҐґ"],
  ...["⁰ⁱ⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ", between("₀", "₉"), "₊₋"],
  ...["−∓∘∙⋅√∛∞∂∇∑∏∫∝∈∅∠∥⊥≈≠≡≤≥≪≫ℏℓ", "←↑→↓↔⇒", "\u2009\u202f–—‘’“”„†‡•…‰′″€"],
  "□",
].join("");

const resolve = createRequire(import.meta.url).resolve;

interface OutlinePoint {
  readonly x: number;
  readonly y: number;
  readonly onCurve: boolean;
  readonly lastPointOfContour: boolean;
}

/** The text of `glyphs.generated.ts`. */
export function glyphsFile(): string {
  const font = opentype.parse(new Uint8Array(readFileSync(resolve(`${PACKAGE}/ttf/DejaVuSans.ttf`))).buffer);
  const top = (character: string) => scaled(font.charToGlyph(character).getBoundingBox().y2, font);
  return [
    "/*! Made by plots/generate/main.ts from DejaVu Sans 2.37 (npm dejavu-fonts-ttf 2.37.3). Do not edit.",
    "",
    licence().trimEnd(),
    "*/",
    "",
    `export const CHARACTERS = ${JSON.stringify(CHARACTERS)};`,
    "",
    "/** Heights in units, of which an em has `UNITS`. */",
    `export const UNITS = ${UNITS};`,
    `export const X_HEIGHT = ${top("x")};`,
    `export const CAP_HEIGHT = ${top("H")};`,
    "",
    "/**",
    " * TrueType outlines, as brotli compresses them: each character's advance, its number of points, and that of its bytes; then for",
    " * each character whether its points lie on the curve (1) and end a contour (2), a byte each, then their x, then their y, each as",
    " * the difference to the one before. Numbers are zigzag varints.",
    " */",
    `export const OUTLINES =\n  "${encode(font)}";`,
    "",
  ].join("\n");
}

/** Every character from `first` to `last`. */
function between(first: string, last: string): string {
  const [from, to] = [first.charCodeAt(0), last.charCodeAt(0)];
  return String.fromCharCode(...Array.from({ length: to - from + 1 }, (_, at) => from + at));
}

function encode(font: opentype.Font): string {
  const [heads, bodies]: [number[], number[]] = [[], []];
  for (const character of CHARACTERS) {
    const glyph = font.charToGlyph(character);
    if (glyph.index === 0) throw new TypeError(`Expected a font with ${character}, got none`);
    glyph.getPath(0, 0, font.unitsPerEm); // reads the outline
    const points = (glyph as unknown as { points?: readonly OutlinePoint[] }).points ?? [];
    const [flags, xs, ys]: [number[], number[], number[]] = [[], [], []];
    let [x, y] = [0, 0];
    for (const point of points) {
      const [toX, toY] = [scaled(point.x, font), scaled(point.y, font)];
      flags.push((point.onCurve ? 1 : 0) | (point.lastPointOfContour ? 2 : 0));
      xs.push(...varint(toX - x));
      ys.push(...varint(toY - y));
      [x, y] = [toX, toY];
    }
    const body = [...flags, ...xs, ...ys];
    for (const number of [scaled(glyph.advanceWidth ?? 0, font), points.length, body.length])
      heads.push(...varint(number));
    bodies.push(...body);
  }
  const params = { [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS };
  const bytes = Buffer.from([...heads, ...bodies]);
  return brotliCompressSync(bytes, { params }).toString("base64");
}

function varint(value: number): number[] {
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  const bytes: number[] = [];
  for (; rest > 127; rest >>= 7) bytes.push(128 | (rest & 127));
  return [...bytes, rest];
}

const scaled = (length: number, font: opentype.Font): number =>
  Math.round((length * UNITS) / font.unitsPerEm);

/** Everything up to the licences of the mathematical font, which is not used. */
function licence(): string {
  const text = readFileSync(resolve(`${PACKAGE}/LICENSE`), "utf8");
  return text.slice(0, text.indexOf("TeX Gyre DJV Math")).replace(/[ \t\r]+$/gm, "");
}
