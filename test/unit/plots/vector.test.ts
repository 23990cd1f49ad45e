import { inflateSync } from "node:zlib";
import { PNG } from "pngjs";
import { expect, test } from "vitest";
import { drawHeatmap } from "../../../plots/heatmap.ts";
import type { ArrayPicture } from "../../../plots/picture.ts";
import { drawSurface } from "../../../plots/surface.ts";
import { pdfOf } from "../../../plots/vector/pdf.ts";
import { svgOf } from "../../../plots/vector/svg.ts";
import { type PageOptions, pageMedium } from "../../../plots/vector/vector-drawing.ts";
import { overviewOf, Pixels, pictureOf } from "../../helpers/pictures.ts";

const MEDIUM = { imageDpi: 100 };
const hill = overviewOf(30, 40, (row, column) => 1 / (1 + ((row - 15) ** 2 + (column - 20) ** 2) / 80));
const svgMedium = (options: Partial<PageOptions> = {}) =>
  pageMedium({ ...MEDIUM, extension: "svg", write: (page) => svgOf(page, "a <title>"), ...options });
const pdfMedium = (options: Partial<PageOptions> = {}) =>
  pageMedium({ ...MEDIUM, extension: "pdf", write: (page) => pdfOf(page, "a title"), ...options });
const svg = (change: Partial<ArrayPicture> = {}, options: Partial<PageOptions> = {}) =>
  Buffer.from(drawHeatmap(pictureOf(hill, change), svgMedium(options))).toString();

/** The objects of a PDF, as its table says where they are: their text, and their streams unpacked. */
function objectsOf(pdf: Buffer): { readonly text: string; readonly stream: Buffer | undefined }[] {
  const table = pdf.subarray(Number(/startxref\n(\d+)/.exec(pdf.toString("latin1"))?.[1])).toString("latin1");
  const starts = [...table.matchAll(/^(\d{10}) 00000 n /gm)].map(([, digits]) => Number(digits));
  return starts.map((start, k) => {
    const text = pdf.subarray(start).toString("latin1");
    expect(text.startsWith(`${k + 1} 0 obj\n`)).toBe(true);
    const [head, length] =
      /^[\s\S]*?\/Length (\d+)>>\nstream\n/.exec(text.slice(0, text.indexOf("endobj"))) ?? [];
    const from = start + (head?.length ?? 0);
    const stream = head === undefined ? undefined : inflateSync(pdf.subarray(from, from + Number(length)));
    return { text: head ?? text.slice(0, text.indexOf("endobj")), stream };
  });
}

/** A font file's tables by name. */
function tablesOf(font: Buffer): Readonly<Record<string, Buffer>> {
  return Object.fromEntries(
    Array.from({ length: font.readUInt16BE(4) }, (_, k) => {
      const row = font.subarray(12 + 16 * k);
      const [from, length] = [row.readUInt32BE(8), row.readUInt32BE(12)];
      return [row.toString("latin1", 0, 4), font.subarray(from, from + length)];
    }),
  );
}

test("an SVG has its text as text, escaped, in a list of fonts, and its cells as one image of whole pixels a cell", () => {
  const text = svg({ title: "a < b & \u0000 漢", value: { name: "height", unit: "µm" } });
  expect(text).toContain(">a &#60; b &#38; \ufffd 漢</text>");
  expect(text).toContain(">height (µm)</text>");
  expect(text).toContain("<title>a &#60;title&#62;</title>");
  expect(text).toMatch(/font-family="DejaVu Sans, [^"]*sans-serif"/);
  const [, png = ""] = /base64,([^"]+)"/.exec(text) ?? [];
  const { width, height } = new Pixels(Buffer.from(png, "base64"));
  expect([width % 40, height % 30]).toEqual([0, 0]);
  expect(text).not.toContain("NaN");
});

test("a size is the page's, in points, and small pages have smaller letters", () => {
  const size = { width: 85 / 25.4, height: 64 / 25.4 };
  const small = svg({}, { size });
  expect(small).toContain('width="240.96pt" height="181.44pt"');
  const sizes = (text: string) =>
    [...text.matchAll(/font-size="([\d.]+)"/g)].map(([, digits]) => Number(digits));
  expect(Math.min(...sizes(svg()))).toBeCloseTo(10.08);
  expect(Math.min(...sizes(small))).toBeGreaterThan(6);
  expect(Math.max(...sizes(small))).toBeLessThan(9);
  const pdf = Buffer.from(drawSurface(pictureOf(hill), { detail: "quick" }, pdfMedium({ size })));
  expect(pdf.toString("latin1")).toContain("/MediaBox [0 0 240.96 181.44]");
});

test("a PDF is one page with its letters in it, each with its character", () => {
  const pdf = Buffer.from(drawHeatmap(pictureOf(hill, { title: "Größe 10⁻⁹ (漢)" }), pdfMedium()));
  const objects = objectsOf(pdf);
  const font = objects.find(({ text }) => text.includes("/Length1"))?.stream;
  const tables = tablesOf(font!);
  const [unitsPerEm, glyphs] = [tables.head!.readUInt16BE(18), tables.maxp!.readUInt16BE(4)];
  const meanings =
    /beginbfchar[\s\S]*/.exec(
      objects.find(({ stream }) => stream?.includes("begincmap"))?.stream?.toString() ?? "",
    )?.[0] ?? "";
  const characters = [...meanings.matchAll(/^<([0-9a-f]{4})> <([0-9a-f]{4})>$/gm)].map(
    ([, glyph = "", code = ""]) => ({
      glyph: Number.parseInt(glyph, 16),
      character: String.fromCodePoint(Number.parseInt(code, 16)),
    }),
  );
  expect(characters).toHaveLength(glyphs);
  for (const needed of "Größe 10⁻⁹ (□)")
    expect(characters.map(({ character }) => character)).toContain(needed);
  expect(characters.map(({ character }) => character)).not.toContain("?");
  const widths = /\/W \[0 \[([\d ]+)\]\]/.exec(objects.map(({ text }) => text).join(""))?.[1]?.split(" ");
  for (const { glyph } of characters)
    expect(Number(widths?.[glyph])).toBe(
      Math.round((1000 * tables.hmtx!.readUInt16BE(4 * glyph)) / unitsPerEm),
    );
  // The last offset is the outlines' end.
  expect(tables.loca!.readUInt32BE(4 * glyphs)).toBe(tables.glyf!.length);
});

test("a surface in a PDF is an image that the grid behind it shows through; lines are lines", () => {
  const objects = objectsOf(Buffer.from(drawSurface(pictureOf(hill), { detail: "quick" }, pdfMedium())));
  const masked = objects.find(({ text }) => text.includes("/SMask"));
  const [, width = "", height = ""] = /\/Width (\d+) \/Height (\d+)/.exec(masked?.text ?? "") ?? [];
  expect(masked?.stream).toHaveLength(3 * Number(width) * Number(height));
  const content = objects.find(({ stream }) => stream?.includes(" Tj ET"))?.stream?.toString() ?? "";
  expect(content.match(/ l S$/gm)?.length).toBeGreaterThan(20);
  expect(content).not.toContain("NaN");
});

test("a line of many points is one path, and the same picture gives the same bytes", () => {
  const wave = overviewOf(1, 500, (_, column) => Math.sin(column / 20));
  const draw = () => Buffer.from(drawHeatmap(pictureOf(wave, { y: undefined }), svgMedium())).toString();
  const paths = [...draw().matchAll(/<path d="([^"]+)"/g)].map(([, d = ""]) => d.split("L").length);
  expect(paths).toEqual([500]);
  expect(draw()).toBe(draw());
  const pdf = () => drawHeatmap(pictureOf(wave, { y: undefined }), pdfMedium());
  expect(Buffer.from(pdf()).equals(Buffer.from(pdf()))).toBe(true);
});

test("cells that are missing are hatched in a line's picture too, and so is their key: nothing shows through", () => {
  const values = Float64Array.from([1, 2, Number.NaN, Number.NaN, 5, 6]);
  const text = svg({ y: undefined, overview: { rows: 1, columns: 6, values } });
  const images = [...text.matchAll(/base64,([^"]+)"/g)].map(([, png = ""]) => Buffer.from(png, "base64"));
  expect(images).toHaveLength(2);
  const alphas = images.map((png) => PNG.sync.read(png).data.filter((_, at) => at % 4 === 3));
  expect(alphas.map((alpha) => Math.min(...new Set(alpha)))).toEqual([255, 255]);
});
