import { expect, test } from "vitest";
import { axisTitle, titleLines } from "../../../plots/axes.ts";
import { drawHeatmap } from "../../../plots/heatmap.ts";
import { hatchAt } from "../../../plots/missing.ts";
import { drawSurface } from "../../../plots/surface.ts";
import { textWidth } from "../../../plots/text.ts";
import { LINE } from "../../../plots/theme.ts";
import { overviewOf, Pixels, pictureOf } from "../../helpers/pictures.ts";

const axis = { name: "method", unit: "", first: 0, last: 3 };
const four = overviewOf(1, 4, (_, column) => column % 2);
const widthOfLine = (picture: object) => {
  const pixels = new Pixels(drawHeatmap(pictureOf(four, { y: undefined, ...picture })));
  const columns = new Set<number>();
  for (const [k, rgb] of pixels.all().entries()) if (rgb === LINE) columns.add(k % pixels.width);
  return columns.size;
};

test("numbers of one axis are joined by a line, words are dots", () => {
  expect(widthOfLine({ x: { ...axis, points: [1, 2, 5, 1000] } })).toBeGreaterThan(300);
  const dots = widthOfLine({ x: { ...axis, points: ["a", "b", "c", "d"] } });
  expect(dots).toBeGreaterThan(4 * 3);
  expect(dots).toBeLessThan(4 * 8);
});

test("a picture with a list has room for its labels", () => {
  const overview = overviewOf(200, 4, (row) => row);
  const y = { ...axis, unit: "s" };
  const list = new Pixels(
    drawHeatmap(pictureOf(overview, { y, x: { ...axis, points: ["a", "b", "c", "d"] } })),
  );
  const range = new Pixels(drawHeatmap(pictureOf(overview, { y, x: axis })));
  expect(list.width - range.width).toBeGreaterThan(200);
});

test("a long title takes more lines, the last of which is cut", () => {
  const parts = Array.from({ length: 40 }, (_, k) => `input${k} 0.${k}`);
  const lines = titleLines(parts.join(", "), 17, 600);
  expect(lines).toHaveLength(3);
  expect(lines.join(" ")).toMatch(/^input0 0\.0, .*…$/);
  expect(lines.every((line) => textWidth(line, 17) < 600)).toBe(true);
  expect(titleLines("mix, 200 x 150", 17, 600)).toEqual(["mix, 200 x 150"]);
  expect(titleLines(`${"w".repeat(200)}, speed 5`, 17, 600).at(-1)).toBe("speed 5");
  const heightOf = (title: string) =>
    Buffer.from(
      drawHeatmap(
        pictureOf(
          overviewOf(4, 4, (row) => row),
          { title },
        ),
      ),
    ).readUInt32BE(20);
  expect(heightOf(parts.join(", ")) - heightOf("short")).toBe(2 * 23);
});

test("of a long name the end is cut, not the unit and the power of ten", () => {
  const cut = axisTitle({ name: "a long name ".repeat(20), unit: "kg" }, "×10⁹", 14, 300);
  expect(cut).toMatch(/^a long name .*… \(kg\) \[×10⁹\]$/);
  expect(textWidth(cut, 14)).toBeLessThanOrEqual(300);
  expect(axisTitle({ name: "rate", unit: "" }, "", 14, 300)).toBe("rate");
  expect(textWidth(axisTitle({ name: "rate", unit: "u".repeat(200) }, "", 14, 300), 14)).toBeLessThanOrEqual(
    300,
  );
});

test("a long name leaves the key for holes in the corner legible", () => {
  const overview = overviewOf(1, 7, (_, column) => (column === 0 ? Number.NaN : column));
  const name = "a long name ".repeat(20);
  const swatch = (x: object) => {
    const pixels = new Pixels(drawHeatmap(pictureOf(overview, { y: undefined, x: { ...axis, ...x } })));
    const below = pixels.all().slice(pixels.width * (pixels.height - 40));
    return below.filter((rgb) => rgb === hatchAt(0, 0) || rgb === hatchAt(1, 0)).length;
  };
  expect(swatch({ name })).toBe(swatch({}));
});

test("hostile texts, one row, one column and nothing at all can be drawn on every kind of axis", () => {
  const hostile = "\u0000\u0007\u202e\n漢字\ud83d\ude00";
  const axes = [
    { ...axis, name: hostile, unit: hostile, points: [hostile] },
    { ...axis, first: 2, last: 2, isLog: true },
    { ...axis, first: 1e-300, last: 1e300, isLog: true },
  ];
  const overviews = [
    overviewOf(1, 1, () => Number.NaN),
    overviewOf(1, 9, () => -1e-300),
    overviewOf(9, 1, (row) => -row),
  ];
  for (const [k, x] of axes.entries()) {
    const value = { name: hostile, unit: hostile };
    const picture = pictureOf(overviews[k]!, { title: hostile, y: axes[(k + 1) % 3], x, value });
    expect(drawHeatmap(picture).length).toBeGreaterThan(1000);
    if (k === 1) expect(drawHeatmap({ ...picture, y: undefined }).length).toBeGreaterThan(1000);
    else expect(drawSurface(picture, { detail: "quick" }).length).toBeGreaterThan(1000);
  }
});
