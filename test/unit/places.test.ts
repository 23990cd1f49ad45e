import { expect, test } from "vitest";
import { placesOf } from "../../cli/request/request.ts";
import type { Axis } from "../../shared/array/grid.ts";
import { builtIn } from "../helpers/kernels.ts";

const { declaration } = builtIn("mandelbrot");
const range = { rule: "index", from: 0, step: 1, count: 5 } as const;
const axes: Axis[] = [
  { input: "y", ...range },
  { input: "x", ...range },
  { input: "maxIterations", rule: "list", points: [50, 100, 200] },
];
const places = (...given: string[]) => placesOf(given, declaration, axes);

test("--at takes an input by its name, or as its option is spelled", () => {
  expect(places("maxIterations=50")).toEqual({ maxIterations: 50 });
  expect(places("max-iterations=120")).toEqual({ maxIterations: 120 });
  expect(places()).toEqual({});
});

test("--at of what is no axis after the second is one sentence that names the option", () => {
  expect(() => places("x=0")).toThrow(
    'Expected --at to be a place on an axis after the first two (maxIterations), got "x".',
  );
  for (const wrong of [
    "maxIterations",
    "maxIterations=",
    "=50",
    "toString=1",
    "maxIterations=50:90",
    "maxIterations=1,2",
  ])
    expect(() => places(wrong)).toThrow(
      /^Expected --at to be <input>=<value> with one of y, x, maxIterations, got ".*"\.$/,
    );
  expect(() => places("maxIterations=many")).toThrow(/^Expected --at to be a number, got "many"/);
  expect(() => placesOf(["maxIterations=50"], declaration, axes.slice(0, 2))).toThrow(
    "Expected --at to be left out: the array has no axis after the first two",
  );
});
