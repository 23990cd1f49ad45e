import { expect, test } from "vitest";
import { placesOf } from "../../cli/request/request.ts";
import type { Axis } from "../../shared/array/grid.ts";
import type { Declaration } from "../../shared/kernels/declaration.ts";
import { builtIn } from "../helpers/kernels.ts";

const { declaration } = builtIn("mandelbrot");
/** Of numbers that need not be whole. */
const DECLARATION: Declaration = {
  ...declaration,
  inputs: { ...declaration.inputs, maxIterations: { kind: "number", about: "", unit: "" } },
};
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

test("a place beyond the ends of its axis is refused with them; one between two points is not", () => {
  const withThird = (third: Axis) => [...axes.slice(0, 2), third];
  const swept = withThird({ input: "maxIterations", rule: "index", from: 10, step: 0.1, count: 3 });
  for (const inside of ["10", "10.15", "10.3"])
    expect(placesOf([`maxIterations=${inside}`], DECLARATION, swept)).toEqual({
      maxIterations: Number(inside),
    });
  for (const beyond of ["9.99", "10.31"])
    expect(() => placesOf([`maxIterations=${beyond}`], DECLARATION, swept)).toThrow(
      `Expected --at to be from 10 to 10.3, the range of maxIterations, got ${beyond}.`,
    );
  const falling = withThird({
    input: "maxIterations",
    rule: "log",
    from: 100,
    step: Math.log(0.1),
    count: 2,
  });
  expect(() => placesOf(["maxIterations=101"], DECLARATION, falling)).toThrow(
    "Expected --at to be from 1 to 100, the range of maxIterations, got 101.",
  );
  expect(() => places("maxIterations=201")).toThrow(
    "Expected --at to be from 50 to 200, the range of maxIterations, got 201.",
  );
});
