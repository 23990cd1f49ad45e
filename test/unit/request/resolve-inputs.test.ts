import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arrayShape, coordinates, lengthOf } from "../../../shared/array/grid.ts";
import { kernel } from "../../../shared/kernels/authoring.ts";
import { declare } from "../../../shared/kernels/declare.ts";
import type { InputRequests } from "../../../shared/messages/job-request.ts";
import { type Extent, resolveInputs } from "../../../shared/plan/resolve-inputs.ts";
import { InvalidInputError } from "../../../shared/validation/errors.ts";
import { resolvedJob, testKernel } from "../../helpers/kernels.ts";

const source = kernel({
  name: "priced",
  inputs: {
    spot: { from: 80, to: 120, default: 100, minimum: 0, maximum: 1000 },
    rate: { from: 0.001, to: 0.1, scale: "log", minimum: 0 },
    years: { default: 1, minimum: 0 },
    steps: { default: 10, integer: true, minimum: 1, maximum: 100 },
    scheme: { choices: ["euler", "rk4"] },
    isCall: { flag: true },
    strike: {},
  },
  value: { name: "price", dtype: ["float64", "float32"] },
  point: () => 0,
});
const { declaration } = declare(source, "priced");
const resolve = (inputs: InputRequests, extent: Omit<Extent, "inputs"> = {}) =>
  resolveInputs(declaration, { inputs: { strike: 100, ...inputs }, ...extent });
const names = (inputs: InputRequests, extent = {}) => resolve(inputs, extent).axes.map(({ input }) => input);

test("what is swept by default is swept, and the rest is held at its default", () => {
  const { parameters, axes } = resolve({}, { points: [4, 5] });
  expect(parameters).toEqual({ years: 1, steps: 10, scheme: "euler", isCall: false, strike: 100 });
  expect(axes).toEqual([
    { input: "spot", rule: "index", from: 80, step: 10, count: 4 },
    { input: "rate", rule: "log", from: 0.001, step: expect.closeTo(Math.log(100) / 5, 12), count: 5 },
  ]);
});

test("the axes are in the order of the declaration, whichever a request names first", () => {
  const inputs = { isCall: [true, false], years: { from: 0, to: 2, count: 3 }, spot: [90], scheme: ["rk4"] };
  expect(names(inputs, { points: [7] })).toEqual(["spot", "rate", "years", "scheme", "isCall"]);
  expect(arrayShape(resolve(inputs, { points: [7] }))).toEqual([1, 7, 3, 1, 2]);
  expect(names({ spot: 100, rate: { count: 3 } })).toEqual(["rate"]);
});

test("six axes are taken, seven are refused", () => {
  const two = { from: 1, to: 3, count: 2 };
  const six = { spot: two, rate: two, years: two, steps: two, scheme: ["rk4"], isCall: [true] };
  expect(arrayShape(resolve(six))).toEqual([2, 2, 2, 2, 1, 1]);
  expect(() => resolve({ ...six, strike: two })).toThrow(
    "Expected the inputs to be swept in at most 6, got spot, rate, years, steps, scheme, isCall, strike.",
  );
});

test("a count goes to each range that has none, in the order of the inputs", () => {
  const inputs = { spot: { count: 3 }, years: { from: 0, to: 1 } };
  expect(arrayShape(resolve(inputs, { points: [8, 9] }))).toEqual([3, 8, 9]);
  expect(() => resolve(inputs, { points: [8] })).toThrow(
    "Expected points to be 2 counts, for rate and years, got 8.",
  );
  expect(() => resolve({ spot: { from: 0, to: 1 }, years: { from: 0, to: 1 } }, { points: [8] })).toThrow(
    "Expected points to be 3 counts, for spot, rate and years, got 8.",
  );
  expect(() => resolve({ rate: 0.01 }, { points: [2, 3] })).toThrow(
    "Expected points to be a count, for spot, got 2x3.",
  );
  expect(() => resolve({ spot: [1], rate: [1] }, { points: [2] })).toThrow(
    "Expected points to be left out: no input is swept over a range without a count, got 2.",
  );
  expect(() => resolve({}, { points: [2, 3], size: 10 })).toThrow(
    "Expected size and points to be given one at a time, got both.",
  );
});

test("without counts a job of up to six axes has about as many cells as one of two", () => {
  const swept = { from: 1, to: 2 };
  const more = [{}, { years: swept }, { years: swept, steps: { from: 1, to: 100, count: 99 } }];
  for (const inputs of more) {
    const [spot = 0, rate] = arrayShape(resolve(inputs));
    expect(rate).toBe(spot);
    expect(spot).toBeLessThanOrEqual(500);
  }
  expect(arrayShape(resolve({}))).toEqual([500, 500]);
  expect(arrayShape(resolve({ years: swept }))).toEqual([63, 63, 63]);
});

test("a logarithmic range is half-open in its exponent: neighbours have one ratio, whole and in parts", () => {
  const positive = fc.double({ min: 1e-6, max: 900, noNaN: true });
  fc.assert(
    fc.property(positive, positive, fc.integer({ min: 1, max: 50 }), fc.nat(), (from, to, count, at) => {
      fc.pre(from !== to);
      const { axes } = resolve({ spot: { from, to, count, rule: "log" }, rate: 1 });
      const all = coordinates(axes[0]!, 0, lengthOf(axes[0]!));
      expect([all.length, all[0]]).toEqual([count, from]);
      const ratio = (to / from) ** (1 / count);
      for (const [k, value] of all.entries()) expect(value / (from * ratio ** k)).toBeCloseTo(1, 9);
      expect((all.at(-1)! * ratio) / to).toBeCloseTo(1, 9);
      const start = at % count;
      expect([...coordinates(axes[0]!, start, count)]).toEqual([...all.slice(start)]);
    }),
    { numRuns: 50 },
  );
});

test("an input that is logarithmic is swept so, unless its range says otherwise", () => {
  const ruleOf = (rate: object) => resolve({ spot: 1, rate: { count: 4, ...rate } }).axes[0]!.rule;
  expect(ruleOf({})).toBe("log");
  expect(ruleOf({ from: 1, to: 2 })).toBe("log");
  expect(ruleOf({ rule: "index" })).toBe("index");
  expect(() => resolve({ spot: 1, rate: { from: 0, to: 1, count: 3 } })).toThrow(
    "Expected inputs.rate to be between two positive numbers on a logarithmic scale, got 0 to 1.",
  );
  expect(() => resolve({ spot: 1, rate: { step: 0.1 } })).toThrow(
    "Expected inputs.rate to be given by its count on a logarithmic scale, got a step.",
  );
});

describe("refused with a sentence that names the field", () => {
  const swept = { from: 0, to: 2, count: 2 };
  test.each<[string, InputRequests, string]>([
    ["below its bound", { spot: -1 }, "inputs.spot to be a number from 0 to 1000, got -1."],
    ["above it, in a list", { spot: [1, 2000] }, "inputs.spot to be a number from 0 to 1000, got 2000."],
    ["below it, at a range's end", { spot: { from: 5, to: -5, count: 4 } }, "from 0 to 1000, got -2.5."],
    ["one bound alone", { years: -1 }, "inputs.years to be a number, at least 0, got -1."],
    ["a fraction for a whole number", { steps: 1.5 }, "a whole number from 1 to 100, got 1.5."],
    ["fractions within a range", { steps: { from: 1, to: 3, step: 0.5 } }, "from 1 to 100, got 1.5."],
    ["a range from a fraction", { steps: { from: 1.5, to: 3, count: 3 } }, "from 1 to 100, got 1.5."],
    [
      "whole numbers on a logarithmic scale",
      { steps: { from: 1, to: 100, rule: "log", count: 4 } },
      "inputs.steps to be a list of whole numbers, or a linear range, got a logarithmic one, a point of which is 3.16",
    ],
    ["text for a number", { years: "1" }, 'inputs.years to be a number, at least 0, got "1".'],
    ["text within a list", { years: [1, "1"] }, 'inputs.years to be a number, at least 0, got "1".'],
    ["a word that is none", { scheme: "rk" }, 'inputs.scheme to be one of euler, rk4, got "rk". Did you'],
    ["a number for a flag", { isCall: 1 }, "inputs.isCall to be true or false, got 1."],
    ["a range of words", { scheme: swept }, "one of euler, rk4, or a list of them, got a range."],
    ["a range of flags", { isCall: swept }, "inputs.isCall to be true or false, or a list of them, got a"],
    ["an unknown input", { sport: 1 }, "inputs.sport to be one of the kernel's inputs (spot, rate, "],
    ["one of Object.prototype", { constructor: 1 }, "inputs.constructor to be one of the kernel's inputs"],
    ["half a range", { years: { from: 1, count: 3 } }, "inputs.years to be a range with from and to, got"],
    ["a range without extent", { years: { from: 1, to: 1, count: 3 } }, "inputs.years.to to be different"],
    ["nothing swept", { spot: 1, rate: 1 }, "the inputs to be swept in one at least: a range or a list"],
  ])("%s", (_, inputs, sentence) => {
    expect(() => resolve(inputs)).toThrow(InvalidInputError);
    expect(() => resolve(inputs)).toThrow(sentence);
  });

  test("what must be given and is not", () => {
    expect(() => resolveInputs(declaration, { inputs: {} })).toThrow(
      "Expected inputs.strike to be a number, got nothing.",
    );
  });
});

describe("a count that does not divide a range of whole numbers is refused with the nearest that do", () => {
  const by = (count: number) => () => resolve({ steps: { from: 90, to: 10, count } });
  test("of the range itself", () => {
    expect(by(8)).not.toThrow();
    expect(by(80)).not.toThrow();
    expect(by(7)).toThrow(InvalidInputError);
    expect(by(7)).toThrow(
      "Expected inputs.steps to be a count of points for steps that divides its range of 80, from 90 to 10, into whole numbers, such as 5 or 8, got 7.",
    );
    expect(by(81)).toThrow("such as 80, got 81.");
    expect(by(100_000)).toThrow("such as 80, got 100000.");
  });

  test("of the points of all ranges, by the name of their option", () => {
    const fields = { points: "--points", size: "--size" };
    const extent = { inputs: { strike: 100, rate: 0.1, steps: { from: 10, to: 100 } }, points: [5, 7] };
    expect(() => resolveInputs(declaration, extent, (name) => `--${name}`, fields)).toThrow(
      "Expected --points to be a count of points for steps that divides its range of 90, from 10 to 100, into whole numbers, such as 6 or 9, got 7.",
    );
  });

  test("a range of a prime number has all its numbers, or one", () => {
    expect(() => resolve({ steps: { from: 1, to: 98, count: 50 } })).toThrow("such as 1 or 97, got 50.");
  });
});

test("a negative zero, which JSON lacks, is stored as 0", () => {
  const { parameters, axes } = resolve({ years: -0, spot: [-0, 1], rate: 1 });
  expect(Object.is(parameters.years, 0)).toBe(true);
  expect(axes[0]).toEqual({ input: "spot", rule: "list", points: [0, 1] });
});

describe("the spelling of former versions", () => {
  const axis = { from: 0, to: 1, count: 4 };
  const priced = testKernel(source);
  const specOf = (request: object) => resolvedJob({ kernel: "julia", ...request }).spec;

  test("asks for the same job", () => {
    const former = { parameters: { maxIterations: 9 }, grid: { axes: [axis, { ...axis, to: 2 }] } };
    const inputs = { maxIterations: 9, y: axis, x: { ...axis, to: 2 } };
    expect(specOf(former)).toEqual(specOf({ inputs }));
    expect(specOf({ parameters: { maxIterations: 9 } })).toEqual(specOf({ inputs: { maxIterations: 9 } }));
  });

  test("with one axis means the last that the kernel sweeps, the others at their defaults", () => {
    expect(specOf({ grid: { axes: [axis] } })).toEqual(specOf({ inputs: { y: 0, x: axis } }));
  });

  test("is not mixed with the newer one, and has no more axes than the kernel sweeps", () => {
    for (const former of [{ parameters: {} }, { grid: { axes: [axis] } }])
      expect(() => specOf({ inputs: {}, ...former })).toThrow(
        "Expected job request inputs to be given without parameters and grid, got both.",
      );
    expect(() => specOf({ grid: { axes: [axis, axis, axis] } })).toThrow(
      "Expected grid.axes to be at most 2, as the kernel sweeps, got 3.",
    );
  });

  test("is what a refusal names", () => {
    const refused = (request: object) => () => resolvedJob({ kernel: "priced", ...request }, "j", priced);
    const parameters = { strike: 1 };
    expect(refused({ parameters: { ...parameters, steps: 0 } })).toThrow(/^Expected parameters\.steps to be/);
    const spot = { from: 0, to: 2000, count: 2 };
    expect(refused({ parameters, grid: { axes: [spot, { ...axis, from: 2 }] } })).not.toThrow();
    expect(
      refused({
        parameters,
        grid: {
          axes: [
            { ...spot, to: 3000 },
            { ...axis, from: 2 },
          ],
        },
      }),
    ).toThrow(/^Expected grid\.axes\.0 to be a number from 0 to 1000, got 1500\.$/);
    expect(refused({ parameters, grid: { axes: [{ from: 0, to: 1 }] } })).toThrow(
      "Expected grid.axes.0 to be given either step or count, got neither.",
    );
  });
});
