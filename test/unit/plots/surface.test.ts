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
    row > 20 && row < 40 && column > 20 && column < 40 ? Number.NaN : 1 - 0.01 * row,
  );
  const whole = overviewOf(60, 60, (row) => 1 - 0.01 * row);
  const [holes, complete] = [overview, whole].map((data) =>
    new Pixels(drawSurface(pictureOf(data), QUICK)).count(0xf1f2f4),
  );
  expect(holes! - complete!).toBeGreaterThan(3000);
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
    const channels = [rgb >> 16, (rgb >> 8) & 255, rgb & 255];
    const colourful = Math.max(...channels) - Math.min(...channels) > 40;
    return colourful && at % pixels.width < 700 && is(rgb) ? [Math.floor(at / pixels.width)] : [];
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
