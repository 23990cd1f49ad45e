import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Canvas } from "../../../functions/aggregator/plots/canvas.ts";
import { colormapsFile } from "../../../functions/aggregator/plots/generate/colormaps.ts";
import { glyphsFile } from "../../../functions/aggregator/plots/generate/glyphs.ts";
import { drawText, fitText, textWidth } from "../../../functions/aggregator/plots/text.ts";

const plots = new URL("../../../functions/aggregator/plots/", import.meta.url);

test("generating the colour maps again gives the committed file", () => {
  expect(colormapsFile()).toBe(readFileSync(new URL("colormaps.generated.ts", plots), "utf8"));
});

test("generating the letters again gives the committed file, which names the font's licence", () => {
  const file = readFileSync(new URL("glyphs.generated.ts", plots), "utf8");
  expect(glyphsFile()).toBe(file);
  expect(file).toContain("Bitstream Vera Fonts Copyright");
});

test("upwards text is the same text, turned by a quarter", () => {
  const [across, up] = [new Canvas(60, 60, 0xffffff), new Canvas(60, 60, 0xffffff)];
  const style = { size: 14, colour: 0, align: "left" } as const;
  drawText(across, "Füg 1²", 5, 40, style);
  drawText(up, "Füg 1²", 40, 55, { ...style, upwards: true });
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

test("a character without a picture becomes a question mark", () => {
  expect(textWidth("漢", 14)).toBe(textWidth("?", 14));
});
