import { expect, test } from "vitest";
import { pngMedium } from "../../../plots/canvas.ts";
import { colormapTable } from "../../../plots/colormaps.ts";
import { drawHeatmap } from "../../../plots/heatmap.ts";
import { hatchAt, SPECIAL } from "../../../plots/missing.ts";
import { FRAME, themeAt } from "../../../plots/theme.ts";
import { overviewOf, Pixels, pictureOf } from "../../helpers/pictures.ts";

const [STRIPE, BACKGROUND] = [hatchAt(0, 0), hatchAt(1, 0)];

test.each([
  ["a descending y axis keeps its first row on top", { first: 1, last: 0 }, true],
  ["an ascending y axis points up", { first: 0, last: 1 }, false],
  ["... a logarithmic one too", { first: 0.1, last: 10, isLog: true }, false],
  ["... and one that lists numbers", { first: 1, last: 2, points: [1, 5] }, false],
  ["words keep their order", { first: 0, last: 1, points: ["euler", "rk4"] }, true],
])("a cell has its value's colour: %s", (_, axis, isFirstOnTop) => {
  const y = { name: "y", unit: "", ...axis };
  const overview = overviewOf(2, 2, (row) => ((row === 0) === isFirstOnTop ? 0 : 1));
  const pixels = new Pixels(drawHeatmap(pictureOf(overview, { y })));
  const [low, high] = [colormapTable("viridis").at(0)!, colormapTable("viridis").at(-1)!];
  const middle = Math.floor(pixels.width / 2) - 40;
  expect(pixels.at(middle, 60)).toBe(low);
  expect(pixels.at(middle, pixels.height - 80)).toBe(high);
  if (isFirstOnTop) expect(pixels.count(low)).toBeGreaterThan(0.4 * 450 * 450);
});

test("a hole is hatched and named, a complete array is not", () => {
  const holes = new Pixels(
    drawHeatmap(pictureOf(overviewOf(3, 3, (row, column) => (row + column === 2 ? Number.NaN : row)))),
  );
  const complete = new Pixels(drawHeatmap(pictureOf(overviewOf(3, 3, (row) => row))));
  const third = (450 * 450) / 3;
  expect(holes.count(BACKGROUND) + holes.count(STRIPE)).toBeGreaterThan(0.98 * third);
  expect(holes.count(STRIPE)).toBeGreaterThan(0.1 * third);
  expect(complete.count(BACKGROUND) + complete.count(STRIPE)).toBe(0);
});

test("a special value has a colour of its own with its word, and is no end of the scale", () => {
  const overview = overviewOf(3, 3, (row, column) => (row + column === 2 ? 1000 : row));
  const special = { value: 1000, means: "never flips" };
  const [with_, without] = [{ special }, {}].map(
    (change) => new Pixels(drawHeatmap(pictureOf(overview, change))),
  );
  const third = (450 * 450) / 3;
  expect(with_!.count(SPECIAL)).toBeGreaterThan(third);
  expect(without!.count(SPECIAL)).toBeLessThan(100);
  expect(with_!.count(colormapTable("viridis", 224).at(-1)!)).toBeGreaterThan(0.5 * third);
  const line = overviewOf(1, 30, (_, column) => (column === 7 ? 1000 : column));
  const profile = new Pixels(drawHeatmap(pictureOf(line, { y: undefined, special })));
  expect(profile.count(SPECIAL)).toBeGreaterThan(440 * 20);
});

test("a picture of a given size has that size, and its cells keep the axes' proportion", () => {
  const overview = overviewOf(20, 20, (row, column) => row * column);
  const medium = pngMedium(themeAt(100), { width: 500, height: 300 });
  const pixels = new Pixels(drawHeatmap(pictureOf(overview), medium));
  expect([pixels.width, pixels.height]).toEqual([500, 300]);
  const frame = pixels.all().flatMap((rgb, at) => (rgb === FRAME ? [at % 500] : []));
  const [left, right] = [Math.min(...frame), Math.max(...frame)];
  expect(right - left).toBeLessThan(400);
  const one = new Pixels(
    drawHeatmap(
      pictureOf(
        overviewOf(1, 9, (_, k) => k),
        { y: undefined },
      ),
      medium,
    ),
  );
  expect([one.width, one.height]).toEqual([500, 300]);
});

test("the picture follows the coordinates where their units agree, else the cells", () => {
  const overview = overviewOf(100, 100, (row, column) => row * column);
  const wide = new Pixels(
    drawHeatmap(pictureOf(overview, { x: { name: "x", unit: "s", first: 0, last: 2 } })),
  );
  const square = new Pixels(
    drawHeatmap(pictureOf(overview, { x: { name: "x", unit: "kg", first: 0, last: 2 } })),
  );
  expect(wide.width - wide.height).toBeGreaterThan(200);
  expect(square.width - square.height).toBeLessThan(200);
});

test("an array with one axis becomes a line with bands where it has holes", () => {
  const overview = overviewOf(1, 50, (_, column) => (column > 10 && column < 20 ? Number.NaN : column % 7));
  const pixels = new Pixels(drawHeatmap(pictureOf(overview, { y: undefined })));
  expect(pixels.count(BACKGROUND)).toBeGreaterThan(10_000);
});

test("one cell, one value and nothing at all can be drawn", () => {
  for (const overview of [
    overviewOf(1, 1, () => 5),
    overviewOf(9, 9, () => 5),
    overviewOf(4, 7, () => Number.NaN),
  ]) {
    const point = { name: "x", unit: "", first: 3, last: 3 };
    expect(new Pixels(drawHeatmap(pictureOf(overview))).width).toBeGreaterThan(300);
    expect(new Pixels(drawHeatmap(pictureOf(overview, { x: point, y: undefined }))).width).toBeGreaterThan(
      300,
    );
    expect(new Pixels(drawHeatmap(pictureOf(overview, { x: point, y: point }))).width).toBeGreaterThan(300);
  }
});

test("the same array gives the same bytes, and its values are left as they were", () => {
  const overview = overviewOf(50, 60, (row, column) => Math.exp(-(row + column) / 5));
  const before = overview.values.slice();
  expect(drawHeatmap(pictureOf(overview))).toEqual(drawHeatmap(pictureOf(overview)));
  expect(overview.values).toEqual(before);
});
