/** The letters' outlines, of which each picture takes what it needs in the size that it needs. */
import { brotliDecompressSync } from "node:zlib";
import { CHARACTERS, OUTLINES } from "./glyphs.generated.ts";

/** A letter in the font's units, y upwards. Its points are those of TrueType: curves are quadratic, contours closed. */
export interface Outline {
  readonly character: string;
  readonly advance: number;
  readonly points: readonly OutlinePoint[];
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
  return [...text.normalize("NFC")].flatMap((character) => {
    const outline = table().get(character);
    if (outline) return [outline];
    const letters = [...character.normalize("NFKD").replace(/[\p{M}\p{Cf}]/gu, "")];
    return letters.map((letter) => table().get(letter) ?? table().get(MISSING)!);
  });
}

let known: ReadonlyMap<string, Outline> | undefined;

function table(): ReadonlyMap<string, Outline> {
  known ??= unpacked(brotliDecompressSync(Buffer.from(OUTLINES, "base64")));
  return known;
}

function unpacked(data: Buffer): Map<string, Outline> {
  let at = 0;
  const next = () => {
    let [value, shift] = [0, 0];
    for (; data[at]! > 127; shift += 7) value |= (data[at++]! & 127) << shift;
    value |= data[at++]! << shift;
    return value & 1 ? -(value + 1) / 2 : value / 2;
  };
  const heads = Array.from(CHARACTERS, (character) => ({ character, advance: next(), count: next() }));
  const total = heads.reduce((sum, { count }) => sum + count, 0);
  const flags = data.subarray(at, at + total);
  at += total;
  const read = () => {
    const all = new Int16Array(total);
    let k = 0;
    for (const { count } of heads) {
      let value = 0;
      for (const end = k + count; k < end; k++) {
        value += next();
        all[k] = value;
      }
    }
    return all;
  };
  const [xs, ys] = [read(), read()];
  let first = 0;
  return new Map(
    heads.map(({ character, advance, count }) => {
      const from = first;
      first += count;
      const point = (_: unknown, k: number) => ({
        x: xs[from + k]!,
        y: ys[from + k]!,
        isOnCurve: (flags[from + k]! & 1) === 1,
        isLast: (flags[from + k]! & 2) === 2,
      });
      // A getter: a picture needs about fifty of the letters.
      return [
        character,
        {
          character,
          advance,
          get points() {
            return Array.from({ length: count }, point);
          },
        },
      ];
    }),
  );
}
