import { expect, test } from "vitest";
import { drawSurface } from "../../../plots/surface.ts";
import { overviewOf, Pixels, pictureOf } from "../../helpers/pictures.ts";

const QUICK = { detail: "quick" } as const;
const hill = overviewOf(60, 60, (row, column) => 1 / (1 + ((row - 30) ** 2 + (column - 30) ** 2) / 80));
const [YELLOW_FROM, PURPLE_TO] = [0xc00000, 0x600000];

test("quick and fine have their sizes", () => {
  const [quick, fine] = [QUICK, { detail: "fine" } as const].map(
    (detail) => new Pixels(drawSurface(pictureOf(hill), detail)),
  );
  expect([quick?.width, quick?.height]).toEqual([900, 700]);
  expect([fine?.width, fine?.height]).toEqual([1600, 1200]);
});

test("high values are higher up in the picture than low ones", () => {
  const pixels = new Pixels(drawSurface(pictureOf(hill), QUICK));
  const rowsOf = (is: (red: number) => boolean) => colouredRows(pixels, is);
  expect(mean(rowsOf((rgb) => rgb >= YELLOW_FROM))).toBeLessThan(mean(rowsOf((rgb) => rgb < PURPLE_TO)) - 50);
});

test("what is nearer hides what is behind it", () => {
  const wall = (at: number) => overviewOf(50, 50, (row) => (row === at ? 1 : 0));
  const yellow = (at: number) =>
    colouredRows(new Pixels(drawSurface(pictureOf(wall(at)), QUICK)), (rgb) => rgb >= YELLOW_FROM).length;
  const both = overviewOf(50, 50, (row) => (row === 40 ? 1 : row === 35 ? 0.98 : 0));
  const pixels = colouredRows(
    new Pixels(drawSurface(pictureOf(both), QUICK)),
    (rgb) => rgb >= YELLOW_FROM,
  ).length;
  expect(pixels).toBeLessThan(yellow(40) + yellow(35));
});

test("a hole lets the floor be seen", () => {
  const overview = overviewOf(60, 60, (row, column) =>
    row > 20 && row < 40 && column > 20 && column < 40 ? Number.NaN : 0.01 * row,
  );
  const whole = overviewOf(60, 60, (row) => 0.01 * row);
  const [holes, complete] = [overview, whole].map((data) =>
    new Pixels(drawSurface(pictureOf(data), QUICK)).count(0xf1f2f4),
  );
  expect(holes! - complete!).toBeGreaterThan(3000);
});

test("a surface stands on the floor: under its front edge nothing white or grey shows through", () => {
  const steps = overviewOf(60, 60, (_, column) => (column < 20 ? 0 : column < 40 ? 0.4 : 0.1));
  const pixels = new Pixels(drawSurface(pictureOf(steps), QUICK));
  // Down each column of pixels from the first of the surface to the last: all of it is the surface.
  const isSurface = (rgb: number) => Math.max(...channels(rgb)) - Math.min(...channels(rgb)) > 25;
  const gaps = Array.from({ length: 40 }, (_, k) => 150 + 8 * k).filter((x) => {
    const column = Array.from({ length: pixels.height }, (_, y) => isSurface(pixels.at(x, y)));
    return column.slice(column.indexOf(true), column.lastIndexOf(true)).includes(false);
  });
  expect(gaps).toEqual([]);
});

test.each([
  ["a ridge of one cell's width is drawn though few cells are", 0, 1],
  ["... and so is a ditch", 1, 0],
])("%s", (_, ground, line) => {
  const flat = overviewOf(999, 999, () => ground);
  const narrow = overviewOf(999, 999, (row) => (row === 501 ? line : ground));
  const limits = { low: 0, high: 1 };
  const [without, with_] = [flat, narrow].map((overview) =>
    drawSurface(pictureOf(overview, { limits }), QUICK),
  );
  expect(Buffer.from(with_!).equals(Buffer.from(without!))).toBe(false);
});

test("a view from behind shows what the front hides", () => {
  const yellow = (azimuth: number) => {
    const wall = overviewOf(60, 60, (row) => (row === 50 ? 1 : row === 10 ? 0.6 : 0));
    const view = { azimuth, elevation: 20 };
    return colouredRows(
      new Pixels(drawSurface(pictureOf(wall, { view }), QUICK)),
      (rgb) => rgb >= YELLOW_FROM,
    ).length;
  };
  expect(yellow(90)).toBeGreaterThan(0);
  expect(yellow(-90)).not.toBe(yellow(90));
});

test("one cell, one value and nothing at all can be drawn", () => {
  for (const overview of [
    overviewOf(1, 1, () => 5),
    overviewOf(9, 2, () => 5),
    overviewOf(4, 7, () => Number.NaN),
  ]) {
    expect(new Pixels(drawSurface(pictureOf(overview), QUICK)).width).toBe(900);
  }
});

test("the same array gives the same bytes", () => {
  expect(drawSurface(pictureOf(hill), QUICK)).toEqual(drawSurface(pictureOf(hill), QUICK));
});

/** Rows of the colourful pixels left of the colour bar that fulfil `is`. */
function colouredRows(pixels: Pixels, is: (rgb: number) => boolean): number[] {
  return pixels.all().flatMap((rgb, at) => {
    const colourful = Math.max(...channels(rgb)) - Math.min(...channels(rgb)) > 40;
    return colourful && at % pixels.width < 700 && is(rgb) ? [Math.floor(at / pixels.width)] : [];
  });
}

const channels = (rgb: number) => [rgb >> 16, (rgb >> 8) & 255, rgb & 255];

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
