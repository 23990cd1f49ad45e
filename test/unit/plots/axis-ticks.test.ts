import fc from "fast-check";
import { expect, test } from "vitest";
import { axisAcross, axisDown, edgeTicks } from "../../../plots/axis-ticks.ts";
import type { PlotAxis } from "../../../plots/picture.ts";
import type { AxisTicks } from "../../../plots/ticks.ts";

const labels = ({ marks }: AxisTicks) => marks.map(({ label }) => label);
const places = ({ marks }: AxisTicks) => marks.map(({ at }) => at);
const listed = (...points: (number | string | boolean)[]): PlotAxis => ({
  name: "a list",
  unit: "",
  first: 0,
  last: 1,
  points,
});
const log = (first: number, last: number): PlotAxis => ({ name: "rate", unit: "", first, last, isLog: true });
const words = (count: number) => Array.from({ length: count }, (_, k) => `word-${k}`);

test("a listed point has its label in the middle of its cell, however far apart the numbers are", () => {
  const ticks = axisAcross(listed(1, 2, 5, 1000), 4, 450, 14);
  expect(labels(ticks)).toEqual(["1", "2", "5", "1000"]);
  expect(places(ticks)).toEqual([0.125, 0.375, 0.625, 0.875]);
  expect(labels(axisDown(listed(false, true), 2, 450, 14))).toEqual(["false", "true"]);
  expect(places(axisDown(listed("euler"), 1, 450, 14))).toEqual([0.5]);
  expect(places(edgeTicks(listed("a", "b", "c"), 7, 14))).toEqual([0, 0.5, 1]);
});

test("of too many listed points every second, fifth or tenth has a label", () => {
  expect(labels(axisAcross(listed(...words(90)), 90, 700, 14))).toEqual(
    words(90).filter((_, k) => k % 10 === 0),
  );
  expect(labels(edgeTicks(listed(...words(12)), 7, 14))).toEqual(words(12).filter((_, k) => k % 2 === 0));
  const down = axisDown(listed(...words(10_000)), 1000, 1000, 14);
  expect(labels(down)).toEqual(words(10_000).filter((_, k) => k % 500 === 0));
  expect(places(down)[1]).toBeCloseTo(500.5 / 10_000);
});

test("long words are cut, numbers never", () => {
  const [long, other] = labels(axisAcross(listed(`${"long-".repeat(8)}`, "heun"), 2, 450, 14));
  expect(long).toMatch(/^long-.*…$/);
  expect(other).toBe("heun");
  expect(labels(axisAcross(listed("trapezoidal", "trapezium", "x", "y", "z", "v"), 6, 400, 14))[0]).toMatch(
    /^tr.*…$/,
  );
  expect(labels(axisAcross(listed(-1.23456789e-300, 2e200), 2, 450, 14))).toEqual([
    "−1.23457×10⁻³⁰⁰",
    "2×10²⁰⁰",
  ]);
});

test("a listed number has the digits that tell it from the others", () => {
  const numbers = listed(1.000_000_01, 1.000_000_02, 1 / 3, 8_410_000, 123_456_789.5, 0, 0.000_001_2);
  expect(labels(axisDown(numbers, 7, 450, 14))).toEqual([
    "1.00000001",
    "1.00000002",
    "0.333333",
    "8410000",
    "1.23457×10⁸",
    "0",
    "1.2×10⁻⁶",
  ]);
});

test("a logarithmic axis is even in its exponent, with ticks at 1, 2 and 5", () => {
  const ticks = edgeTicks(log(1, 100), 7, 14);
  expect(labels(ticks)).toEqual(["1", "2", "5", "10", "20", "50", "100"]);
  expect(places(ticks)[0]).toBe(0);
  expect(places(ticks)[3]).toBeCloseTo(0.5);
  expect(places(ticks)[1]).toBeCloseTo(Math.log10(2) / 2);
  expect(places(axisAcross(log(0.01, 100), 10, 450, 14)).at(-1)).toBeCloseTo(0.95);
});

test("a long logarithmic axis has powers of ten, all of them or every second, third, fifth …", () => {
  expect(labels(edgeTicks(log(0.001, 50), 7, 14))).toEqual(["0.001", "0.01", "0.1", "1", "10"]);
  expect(labels(edgeTicks(log(1, 4e9), 7, 14))).toEqual(["10⁰", "10²", "10⁴", "10⁶", "10⁸"]);
  expect(labels(edgeTicks(log(1e-320, 1e300), 7, 14))).toContain("10⁻³⁰⁰");
  expect(edgeTicks(log(0.001, 50), 7, 14).minor.length).toBeGreaterThan(30);
});

test("a short logarithmic axis has even numbers, and may run downwards", () => {
  expect(labels(edgeTicks(log(3, 8), 7, 14))).toEqual(["3", "4", "5", "6", "7", "8"]);
  const falling = edgeTicks(log(50, 4), 7, 14);
  expect(labels(falling)).toEqual(["5", "10", "20", "50"]);
  expect(places(falling).at(-1)).toBeCloseTo(0);
  expect(labels(edgeTicks(log(2.5, 2.5), 7, 14))).toEqual(["2.5"]);
});

test("logarithmic ticks lie on the axis, ascend, and are as many as asked for or fewer", () => {
  const exponent = fc.double({ min: -300, max: 300, noNaN: true });
  const span = fc.double({ min: 0.01, max: 8, noNaN: true });
  fc.assert(
    fc.property(exponent, span, fc.integer({ min: 4, max: 12 }), (from, decades, most) => {
      const ticks = edgeTicks(log(10 ** from, 10 ** (from + decades)), most, 14);
      expect(ticks.marks.length).toBeGreaterThanOrEqual(1);
      expect(ticks.marks.length).toBeLessThanOrEqual(most);
      expect([...places(ticks), ...ticks.minor].every((at) => at > -1e-3 && at < 1 + 1e-3)).toBe(true);
      expect(places(ticks)).toEqual([...places(ticks)].sort((a, b) => a - b));
      expect(new Set(labels(ticks)).size).toBe(ticks.marks.length);
    }),
  );
});
