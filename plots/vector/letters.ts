/** The letters of a PDF: a TrueType font of those that it uses, made from the outlines, and which character each stands for. */
import { CAP_HEIGHT, UNITS } from "../glyphs.generated.ts";
import { type Outline, type OutlinePoint, outlinesOf } from "../outlines.ts";
import type { PdfFile } from "./pdf-file.ts";

const [ON_CURVE, LONG_OFFSETS] = [1, 1];
/** What a font says of its letters' reach above and below the line. */
const [ASCENT, DESCENT] = [Math.round(0.93 * UNITS), -Math.round(0.24 * UNITS)];

export class Letters {
  /** The first stands for what a font lacks. */
  readonly #used: Outline[] = outlinesOf("□");
  readonly #index = new Map(this.#used.map(({ character }, k) => [character, k]));

  /** The text's letters by their numbers in the font, as hexadecimal digits. */
  hex(outlines: readonly Outline[]): string {
    return outlines.map((outline) => digits(this.#numberOf(outline))).join("");
  }

  /** Writes the font, and returns its object's number. */
  addTo(file: PdfFile): number {
    const data = trueTypeOf(this.#used);
    const name = "/MANYHA+DejaVuSans";
    const font = file.stream(`/Length1 ${data.length}`, data);
    const descriptor = file.add(
      `<</Type /FontDescriptor /FontName ${name} /Flags 4 /FontBBox [${perMille(-UNITS)} ${perMille(DESCENT)} ${perMille(2 * UNITS)} ${perMille(ASCENT)}] /ItalicAngle 0 /Ascent ${perMille(ASCENT)} /Descent ${perMille(DESCENT)} /CapHeight ${perMille(CAP_HEIGHT)} /StemV 80 /FontFile2 ${font} 0 R>>`,
    );
    const widths = this.#used.map(({ advance }) => perMille(advance)).join(" ");
    const descendant = file.add(
      `<</Type /Font /Subtype /CIDFontType2 /BaseFont ${name} /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /FontDescriptor ${descriptor} 0 R /W [0 [${widths}]] /CIDToGIDMap /Identity>>`,
    );
    const meanings = file.stream("", Buffer.from(this.#meanings(), "latin1"));
    return file.add(
      `<</Type /Font /Subtype /Type0 /BaseFont ${name} /Encoding /Identity-H /DescendantFonts [${descendant} 0 R] /ToUnicode ${meanings} 0 R>>`,
    );
  }

  #numberOf(outline: Outline): number {
    const known = this.#index.get(outline.character);
    if (known !== undefined) return known;
    this.#index.set(outline.character, this.#used.length);
    return this.#used.push(outline) - 1;
  }

  /** Which character a letter stands for, so that text can be searched and copied. */
  #meanings(): string {
    const lines = this.#used.map(
      ({ character }, k) => `<${digits(k)}> <${digits(character.codePointAt(0)!)}>`,
    );
    const blocks = [];
    for (let k = 0; k < lines.length; k += 100) {
      const some = lines.slice(k, k + 100);
      blocks.push(`${some.length} beginbfchar\n${some.join("\n")}\nendbfchar`);
    }
    return `/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def
/CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange\n<0000> <ffff>\nendcodespacerange
${blocks.join("\n")}
endcmap CMapName currentdict /CMap defineresource pop end end`;
  }
}

const digits = (number: number): string => number.toString(16).padStart(4, "0");
const perMille = (units: number): number => Math.round((1000 * units) / UNITS);

/** A font file with the tables that a PDF asks for (OpenType 1.9). */
function trueTypeOf(outlines: readonly Outline[]): Buffer {
  const glyphs = outlines.map((outline) => glyphOf(outline));
  const offsets = [0];
  for (const { data } of glyphs) offsets.push(offsets.at(-1)! + data.length);
  const points = Math.max(...outlines.map((outline) => outline.points.length));
  const contours = Math.max(
    ...outlines.map((outline) => outline.points.filter(({ isLast }) => isLast).length),
  );
  const tables: Record<string, Buffer> = {
    glyf: Buffer.concat(glyphs.map(({ data }) => data)),
    head: words(
      ...[1, 0, 1, 0, 0, 0, 0x5f0f, 0x3cf5, 0, UNITS, 0, 0, 0, 0, 0, 0, 0, 0],
      ...[-UNITS, DESCENT, 2 * UNITS, ASCENT, 0, 8, 2, LONG_OFFSETS, 0],
    ),
    hhea: words(
      1,
      0,
      ASCENT,
      DESCENT,
      0,
      2 * UNITS,
      0,
      0,
      2 * UNITS,
      1,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      outlines.length,
    ),
    hmtx: words(...outlines.flatMap(({ advance }, k) => [advance, glyphs[k]!.left])),
    loca: words(...offsets.flatMap((offset) => [offset >>> 16, offset & 0xffff])),
    maxp: words(1, 0, outlines.length, points, contours, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0),
  };
  const names = Object.keys(tables);
  const power = 2 ** Math.floor(Math.log2(names.length));
  const header = words(1, 0, names.length, 16 * power, Math.log2(power), 16 * (names.length - power));
  let at = header.length + 16 * names.length;
  const directory = names.map((name) => {
    const { length } = tables[name]!;
    const row = Buffer.alloc(16);
    row.write(name, "latin1");
    row.writeUInt32BE(sumOf(padded(tables[name]!)), 4);
    row.writeUInt32BE(at, 8);
    row.writeUInt32BE(length, 12);
    at += Math.ceil(length / 4) * 4;
    return row;
  });
  return Buffer.concat([header, ...directory, ...names.map((name) => padded(tables[name]!))]);
}

/** A simple glyph: where its contours end, its points' flags, and its coordinates as differences. */
function glyphOf({ points }: Outline): { readonly data: Buffer; readonly left: number } {
  if (points.length === 0) return { data: Buffer.alloc(0), left: 0 };
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const ends = points.flatMap(({ isLast }, k) => (isLast ? [k] : []));
  const left = Math.min(...xs);
  const steps = (of: (point: OutlinePoint) => number) =>
    words(...points.map((point, k) => of(point) - (k > 0 ? of(points[k - 1]!) : 0)));
  const data = Buffer.concat([
    words(ends.length, left, Math.min(...ys), Math.max(...xs), Math.max(...ys), ...ends, 0),
    Buffer.from(points.map(({ isOnCurve }) => (isOnCurve ? ON_CURVE : 0))),
    steps(({ x }) => x),
    steps(({ y }) => y),
  ]);
  return { data: padded(data), left };
}

/** Numbers of 16 bits each. */
function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [k, value] of values.entries()) bytes.writeUInt16BE(value & 0xffff, 2 * k);
  return bytes;
}

const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);

function sumOf(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 4) sum = (sum + bytes.readUInt32BE(at)) >>> 0;
  return sum;
}
