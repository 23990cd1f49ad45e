import fc from "fast-check";
import { expect, test } from "vitest";
import { coordinates, lengthOf } from "../../shared/array/grid.ts";
import { resolveAxis, tutorialAxis } from "../../shared/array/resolve-axis.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";

test("the tutorial's axis at size 1000 has 500 points, each the one before plus the step", () => {
  const axis = resolveAxis(tutorialAxis(-2.13, 0.77, 1000), "x");
  const expected: number[] = [];
  for (let x = -2.13; x < 0.77; x += (2 * (0.77 + 2.13)) / 1000) expected.push(x);
  expect(lengthOf(axis)).toBe(500);
  expect([...coordinates(axis, 0, 500)]).toEqual(expected);
});

test("accumulated and indexed coordinates are different grids", () => {
  const request = { from: -2.13, to: 0.77, step: 0.0058 };
  const accumulated = resolveAxis({ ...request, rule: "accumulate" }, "x");
  const indexed = resolveAxis({ ...request, rule: "index" }, "x");
  expect(coordinates(accumulated, 400, 401)[0]).not.toBe(coordinates(indexed, 400, 401)[0]);
  expect(coordinates(indexed, 400, 401)[0]).toBe(-2.13 + 400 * 0.0058);
});

test("any part of an axis equals that part of the whole axis, bit for bit", () => {
  const range = fc.double({ min: -1e3, max: 1e3, noNaN: true });
  fc.assert(
    fc.property(
      range,
      range,
      fc.integer({ min: 1, max: 400 }),
      fc.boolean(),
      fc.nat(),
      fc.nat(),
      (from, to, count, accumulate, a, b) => {
        fc.pre(Math.abs(to - from) > 1e-6);
        const axis = resolveAxis({ from, to, count, rule: accumulate ? "accumulate" : "index" }, "x");
        const [start, end] = [a % (count + 1), b % (count + 1)].sort((p, q) => p - q) as [number, number];
        expect([...coordinates(axis, start, end)]).toEqual([
          ...coordinates(axis, 0, count).slice(start, end),
        ]);
      },
    ),
  );
});

test("an axis by count divides its range evenly and leaves its end out", () => {
  const axis = resolveAxis({ from: 0, to: 1, count: 4 }, "x");
  expect([...coordinates(axis, 0, 4)]).toEqual([0, 0.25, 0.5, 0.75]);
});

test("a step away from the end, a zero step and a step too small are refused by name", () => {
  for (const step of [-0.1, 0, 1e-12]) {
    expect(() => resolveAxis({ from: 0, to: 1, step }, "grid.axes.0")).toThrow(InvalidInputError);
    expect(() => resolveAxis({ from: 0, to: 1, step }, "grid.axes.0")).toThrow(/grid\.axes\.0\.step/);
  }
});

test("an axis of 100,000 points can be named", () => {
  expect(lengthOf(resolveAxis({ from: -2, to: 2, count: 100_000 }, "x"))).toBe(100_000);
  expect(lengthOf(resolveAxis(tutorialAxis(-2.13, 0.77, 200_000), "x"))).toBeGreaterThanOrEqual(100_000);
});
