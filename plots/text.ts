/** Measures text, and gives its letters as pixels, so that the machine needs no installed font. */
import type { TextStyle } from "./drawing.ts";
import { CAP_HEIGHT, UNITS } from "./glyphs.generated.ts";
import { outlinesOf } from "./outlines.ts";
import { type Bitmap, rasterise } from "./rasterise.ts";

interface Letter {
  readonly advance: number;
  readonly bitmap: Bitmap;
}

const bitmaps = new Map<number, Map<string, Letter>>();

/** The letters of `text` as pixels; each is made once in each size. */
export function bitmapsOf(text: string, size: number): Letter[] {
  const made = bitmaps.get(size) ?? new Map<string, Letter>();
  bitmaps.set(size, made);
  return outlinesOf(text).map((outline) => {
    const known = made.get(outline.character);
    if (known) return known;
    const letter = { advance: toDots(outline.advance, size), bitmap: rasterise(outline, size) };
    made.set(outline.character, letter);
    return letter;
  });
}

/** Where along its run a text begins. */
export function startOf(text: string, { size, align }: TextStyle): number {
  return align === "left" ? 0 : -textWidth(text, size) / (align === "right" ? 1 : 2);
}

/** Width in dots. */
export function textWidth(text: string, size: number): number {
  return outlinesOf(text).reduce((sum, { advance }) => sum + toDots(advance, size), 0);
}

/** Height of capitals and digits in dots: add half of it to a centre line to get the baseline. */
export function capHeight(size: number): number {
  return toDots(CAP_HEIGHT, size);
}

/** `text`, or as much of its beginning as fits into `width` dots, followed by an ellipsis. */
export function fitText(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text;
  const characters = [...text];
  while (characters.length > 0 && textWidth(`${characters.join("").trimEnd()}…`, size) > width)
    characters.pop();
  return `${characters.join("").trimEnd()}…`;
}

/**
 * `text` in lines of at most `width` dots and `most` of them, broken after its commas. A part that is longer than a line is cut, and so is
 * what the last line cannot hold.
 */
export function wrapText(text: string, size: number, width: number, most: number): string[] {
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

const toDots = (units: number, size: number): number => Math.round((units * size) / UNITS);
