import {
  interpolateBrBG,
  interpolatePuOr,
  interpolateRainbow,
  interpolateRdBu,
  interpolateSinebow,
} from "d3-scale-chromatic";
import { expect, test } from "vitest";
import { colormapTable, colourAt, isDiverging } from "../../../plots/colormaps.ts";
import { COLORMAPS } from "../../../shared/messages/job-request.ts";

test("jet has matplotlib's colours", () => {
  // python: matplotlib.colormaps["jet"](k, bytes=True) of matplotlib 3.11.2 for k = 0, 32, ..., 224, 255
  const matplotlib = [
    0x00007f, 0x0000ff, 0x0080ff, 0x15ffe1, 0x7cff79, 0xe4ff12, 0xff9400, 0xff1d00, 0x7f0000,
  ];
  const table = colormapTable("jet");
  expect([0, 32, 64, 96, 128, 160, 192, 224, 255].map((k) => table[k])).toEqual(matplotlib);
});

test("every map has 256 colours, and viridis matplotlib's ends", () => {
  for (const name of COLORMAPS) expect(new Set(colormapTable(name)).size).toBeGreaterThan(190);
  expect(colormapTable("viridis").at(0)).toBe(0x440154);
  expect(colormapTable("viridis").at(-1)).toBe(0xfde725);
});

test.each([
  ["rdbu", interpolateRdBu],
  ["rdbu-r", (t: number) => interpolateRdBu(1 - t)],
  ["puor", interpolatePuOr],
  ["brbg", interpolateBrBG],
  ["sinebow", interpolateSinebow],
  ["rainbow", interpolateRainbow],
] as const)("%s has d3's colours", (name, interpolate) => {
  const table = colormapTable(name);
  const channels = (rgb: number) => [rgb >> 16, (rgb >> 8) & 255, rgb & 255];
  for (const [k, rgb] of table.entries()) {
    const expected = interpolate((k + 0.5) / 256)
      .match(/\d+/g)!
      .map(Number);
    for (const [c, channel] of channels(rgb).entries())
      expect(Math.abs(channel - expected[c]!), `${name} ${k}`).toBeLessThanOrEqual(1);
  }
});

test("a cyclic map ends as it begins, a diverging one is pale in the middle", () => {
  const brightness = (rgb: number) => (rgb >> 16) + ((rgb >> 8) & 255) + (rgb & 255);
  for (const name of ["sinebow", "rainbow"] as const) {
    const [first, last] = [colormapTable(name).at(0)!, colormapTable(name).at(-1)!];
    expect(Math.abs(brightness(first) - brightness(last))).toBeLessThan(30);
  }
  for (const name of COLORMAPS.filter(isDiverging)) {
    const table = colormapTable(name);
    expect(brightness(table[128]!)).toBeGreaterThan(brightness(table[0]!) + 200);
    expect(brightness(table[128]!)).toBeGreaterThan(brightness(table[255]!) + 200);
  }
});

test("a shorter table keeps both ends", () => {
  const [all, some] = [colormapTable("plasma"), colormapTable("plasma", 10)];
  expect([some.length, some.at(0), some.at(-1)]).toEqual([10, all.at(0), all.at(-1)]);
});

test("positions outside 0..1 take the nearest end", () => {
  const table = Uint32Array.of(1, 2, 3, 4);
  expect([-1, 0, 0.3, 0.99, 1, 2].map((position) => colourAt(table, position))).toEqual([1, 1, 2, 4, 4, 4]);
});
