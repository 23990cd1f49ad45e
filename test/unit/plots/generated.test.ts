import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { Canvas } from "../../../plots/canvas.ts";
import { colormapsFile } from "../../../plots/generate/colormaps.ts";
import { glyphsFile } from "../../../plots/generate/glyphs.ts";
import { fitText, textWidth } from "../../../plots/text.ts";

const plots = new URL("../../../plots/", import.meta.url);

test("generating the colour maps again gives the committed file", () => {
  expect(colormapsFile()).toBe(readFileSync(new URL("colormaps.generated.ts", plots), "utf8"));
});

test("generating the letters again gives the committed file, which names the font's licence", () => {
  const file = readFileSync(new URL("glyphs.generated.ts", plots), "utf8");
  // Another version of brotli may write other bytes for the same.
  const unpacked = (text: string) =>
    text.replace(/(?<=OUTLINES =\n {2}")[^"]*/g, (data) =>
      brotliDecompressSync(Buffer.from(data, "base64")).toString("hex"),
    );
  expect(unpacked(glyphsFile())).toBe(unpacked(file));
  expect(file).toContain("Bitstream Vera Fonts Copyright");
});

test("upwards text is the same text, turned by a quarter", () => {
  const [across, up] = [new Canvas(60, 60, 0xffffff), new Canvas(60, 60, 0xffffff)];
  const style = { size: 14, colour: 0, align: "left" } as const;
  across.text("Füg 1²", 5, 40, style);
  up.text("Füg 1²", 40, 55, { ...style, upwards: true });
  const turned = Uint32Array.from(
    { length: 3600 },
    (_, at) => up.pixels[(59 - (at % 60)) * 60 + Math.floor(at / 60)]!,
  );
  expect(turned).toEqual(across.pixels);
});

test("a text too long for its place ends in an ellipsis that fits", () => {
  const fitted = fitText("a title that is far too long", 14, 100);
  expect(fitted).toMatch(/^a title.*…$/);
  expect(textWidth(fitted, 14)).toBeLessThanOrEqual(100);
  expect(fitText("short", 14, 100)).toBe("short");
});

function drawn(text: string): string {
  const canvas = new Canvas(30, 30, 0xffffff);
  canvas.text(text, 5, 20, { size: 14, colour: 0, align: "left" });
  return canvas.pixels.join();
}

test("a character without a picture becomes a box, which is no other character", () => {
  expect(drawn("漢")).toBe(drawn("□"));
  expect(drawn("漢")).not.toBe(drawn("?"));
  expect(drawn("漢")).not.toBe(drawn(" "));
});

test.each([
  ["x̂", "x"],
  ["𝑥²", "x²"],
  ["ﬁeld", "field"],
  ["Ⅷ", "VIII"],
  ["ḗ", "e"],
  ["a\u202eb\ufe0f", "ab"],
])("%s, which the font lacks, is drawn as %s", (text, letters) => {
  expect(drawn(text)).toBe(drawn(letters));
  expect(textWidth(text, 14)).toBe(textWidth(letters, 14));
});

test("letters are sharp in every size: a stem is as black as ink in its middle, and paper is white", () => {
  for (const size of [9, 14, 33, 168]) {
    const canvas = new Canvas(2 * size, 2 * size, 0xffffff);
    canvas.text("H", size / 2, 1.5 * size, { size, colour: 0, align: "left" });
    const row = Array.from(
      { length: 2 * size },
      (_, x) => canvas.pixels[Math.round(1.2 * size) * 2 * size + x]!,
    );
    expect(Math.min(...row)).toBeLessThan(size < 14 ? 0x808080 : 0x400000);
    expect(row[0]).toBe(0xffffff);
    expect(row.at(-1)).toBe(0xffffff);
  }
});

test.each([
  ["Latin-1", "¡¢£¥§©«¬®°±²³´µ¶·¸¹º»¼½¾¿ÀÅÆÇÈÐÑØÝÞßàåæçèðñøýþÿ×÷"],
  ["Latin Extended-A and Cyrillic", "ČčĐđĞğŁłŐőŘřŞşŠšŽžАБВГДЕЖЗабвгдежзЯяЁёІіЇї"],
  ["Greek", "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρςστυφχψω"],
  ["what units and formulas need", "−∓·⋅√∞∂∇∑∫∝≈≠≤≥ℏℓ⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉→‰′″€Å\u212b\u2126"],
])("there are pictures of %s", (_, characters) => {
  for (const character of characters) expect(drawn(character), character).not.toBe(drawn("□"));
});
