/** The letters' outlines, of which each picture takes what it needs in the size that it needs. */
import { brotliDecompressSync } from "node:zlib";
import { CHARACTERS, OUTLINES } from "./glyphs.generated.ts";

/** A letter in the font's units, y upwards. Its points are those of TrueType: curves are quadratic, contours closed. */
export class Outline {
  readonly character: string;
  readonly advance: number;
  readonly #count: number;
  readonly #start: number;

  constructor(character: string, advance: number, count: number, start: number) {
    this.character = character;
    this.advance = advance;
    this.#count = count;
    this.#start = start;
  }

  /** Read when they are asked for: a picture needs about fifty of the letters. */
  get points(): readonly OutlinePoint[] {
    const { data } = table();
    const reader = new Reader(data, this.#start + this.#count);
    const points: { x: number; y: number; isOnCurve: boolean; isLast: boolean }[] = [];
    let x = 0;
    let y = 0;
    for (let k = 0; k < this.#count; k++) {
      x += reader.next();
      const flags = data[this.#start + k]!;
      points.push({ x, y, isOnCurve: (flags & 1) === 1, isLast: (flags & 2) === 2 });
    }
    for (const point of points) {
      y += reader.next();
      point.y = y;
    }
    return points;
  }
}

export interface OutlinePoint {
  readonly x: number;
  readonly y: number;
  readonly isOnCurve: boolean;
  readonly isLast: boolean;
}

/** What stands for a character that neither the font has nor its letters can tell. */
const MISSING = "□";

/** The outlines of a text: "ǖ" without its marks where the font lacks it, "x" for "𝑥", "fi" for "ﬁ", else a box; format characters are none. */
export function outlinesOf(text: string): Outline[] {
  const { letters } = table();
  const outlines: Outline[] = [];
  for (const character of text.normalize("NFC")) {
    const outline = letters.get(character);
    if (outline) {
      outlines.push(outline);
      continue;
    }
    for (const letter of character.normalize("NFKD").replace(/[\p{M}\p{Cf}]/gu, ""))
      outlines.push(letters.get(letter) ?? letters.get(MISSING)!);
  }
  return outlines;
}

interface Table {
  readonly data: Buffer;
  readonly letters: ReadonlyMap<string, Outline>;
}

let known: Table | undefined;

function table(): Table {
  known ??= unpacked(brotliDecompressSync(Buffer.from(OUTLINES, "base64")));
  return known;
}

function unpacked(data: Buffer): Table {
  const reader = new Reader(data, 0);
  // The letters' points lie behind all of the heads.
  const heads: [advance: number, count: number, bytes: number][] = [];
  for (const _ of CHARACTERS) heads.push([reader.next(), reader.next(), reader.next()]);
  let [k, start] = [0, reader.at];
  const letters = new Map<string, Outline>();
  for (const character of CHARACTERS) {
    const [advance, count, bytes] = heads[k++]!;
    letters.set(character, new Outline(character, advance, count, start));
    start += bytes;
  }
  return { data, letters };
}

/** Reads zigzag varints. */
class Reader {
  readonly #data: Buffer;
  at: number;

  constructor(data: Buffer, at: number) {
    this.#data = data;
    this.at = at;
  }

  next(): number {
    let value = 0;
    let shift = 0;
    for (; this.#data[this.at]! > 127; shift += 7) value |= (this.#data[this.at++]! & 127) << shift;
    value |= this.#data[this.at++]! << shift;
    return value & 1 ? -(value + 1) / 2 : value / 2;
  }
}
