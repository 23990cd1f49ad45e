/** Draws text with pre-rasterised letters, so that the machine needs no installed font. */
import { brotliDecompressSync } from "node:zlib";
import type { Canvas, Colour } from "./canvas.ts";
import { CHARACTERS, SHEETS } from "./glyphs.generated.ts";

/** Em heights of the letters, in px. */
export type FontSize = (typeof SHEETS)[number]["sizePx"];

export interface TextStyle {
  readonly size: FontSize;
  readonly colour: Colour;
  readonly align: "left" | "centre" | "right";
  /** Turned by 90 degrees to the left: the text runs upwards, `align` along its run. */
  readonly upwards?: boolean;
}

interface Glyph {
  readonly advance: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly alpha: Uint8Array;
}

interface Sheet {
  readonly capHeight: number;
  readonly glyphs: ReadonlyMap<string, Glyph>;
}

const FULL = 15;
const MISSING = "□";
const sheets = new Map<FontSize, Sheet>();

/** Draws `text` with its baseline at `y` (for upwards text: at `x`). A character without a glyph becomes a box. */
export function drawText(canvas: Canvas, text: string, x: number, y: number, style: TextStyle): void {
  const width = textWidth(text, style.size);
  let along = style.align === "left" ? 0 : style.align === "right" ? -width : -width / 2;
  for (const glyph of glyphsOf(text, style.size)) {
    const run = Math.round(along) + glyph.left;
    for (let at = 0; at < glyph.alpha.length; at++) {
      const share = glyph.alpha[at]! / FULL;
      if (share === 0) continue;
      const gx = run + (at % glyph.width);
      const gy = glyph.top + Math.floor(at / glyph.width);
      if (style.upwards) canvas.blend(Math.round(x) + gy, Math.round(y) - 1 - gx, style.colour, share);
      else canvas.blend(Math.round(x) + gx, Math.round(y) + gy, style.colour, share);
    }
    along += glyph.advance;
  }
}

/** Width in px. */
export function textWidth(text: string, size: FontSize): number {
  return glyphsOf(text, size).reduce((sum, glyph) => sum + glyph.advance, 0);
}

/** Height of capitals and digits in px: add half of it to a centre line to get the baseline. */
export function capHeight(size: FontSize): number {
  return sheetOf(size).capHeight;
}

/** `text`, or as much of its beginning as fits into `width` px, followed by an ellipsis. */
export function fitText(text: string, size: FontSize, width: number): string {
  if (textWidth(text, size) <= width) return text;
  const characters = [...text];
  while (characters.length > 0 && textWidth(`${characters.join("").trimEnd()}…`, size) > width)
    characters.pop();
  return `${characters.join("").trimEnd()}…`;
}

/**
 * `text` in lines of at most `width` px and `most` of them, broken after its commas. A part that is longer than a line is cut, and so is
 * what the last line cannot hold.
 */
export function wrapText(text: string, size: FontSize, width: number, most: number): string[] {
  const lines: string[] = [];
  const parts = text.split(/(?<=,) /);
  for (let from = 0; from < parts.length; ) {
    let to = lines.length + 1 < most ? from + 1 : parts.length;
    const line = () => parts.slice(from, to).join(" ");
    while (to < parts.length && textWidth(`${line()} ${parts[to]}`, size) <= width) to++;
    lines.push(fitText(line(), size, width));
    from = to;
  }
  return lines;
}

function glyphsOf(text: string, size: FontSize): Glyph[] {
  const { glyphs } = sheetOf(size);
  return [...text.normalize("NFC")].map((character) => glyphs.get(character) ?? glyphs.get(MISSING)!);
}

function sheetOf(size: FontSize): Sheet {
  const known = sheets.get(size);
  if (known) return known;
  const { capHeightPx, data } = SHEETS.find(({ sizePx }) => sizePx === size)!;
  const sheet = { capHeight: capHeightPx, glyphs: unpack(brotliDecompressSync(Buffer.from(data, "base64"))) };
  sheets.set(size, sheet);
  return sheet;
}

function unpack(data: Buffer): Map<string, Glyph> {
  const glyphs = new Map<string, Glyph>();
  let offset = 0;
  for (const character of CHARACTERS) {
    const width = data.readUInt8(offset + 3);
    const height = data.readUInt8(offset + 4);
    const alpha = new Uint8Array(width * height);
    for (let at = 0; at < alpha.length; at++) {
      const pair = data[offset + 5 + (at >> 1)]!;
      alpha[at] = at % 2 ? pair & 15 : pair >> 4;
    }
    glyphs.set(character, {
      advance: data.readUInt8(offset),
      left: data.readInt8(offset + 1),
      top: data.readInt8(offset + 2),
      width,
      height,
      alpha,
    });
    offset += 5 + Math.ceil((width * height) / 2);
  }
  return glyphs;
}
