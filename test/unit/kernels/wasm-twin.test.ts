import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kernel } from "../../../shared/kernels/authoring.ts";
import { declare } from "../../../shared/kernels/declare.ts";
import { computeOf } from "../../../shared/kernels/driver.ts";
import type { ChunkWindow } from "../../../shared/kernels/loaded.ts";
import { firstDifference, sampled } from "../../../shared/kernels/twin-difference.ts";
import { expectFit, twinOf } from "../../../shared/kernels/wasm-twin.ts";
import { buildTwin } from "../../../tools/kernels/build-wasm.ts";
import { folderWith } from "../../helpers/kernel-file.ts";
import { ADD, F64, LOCAL, MULTIPLY, moduleOf } from "../../helpers/wasm-module.ts";

const source = kernel({
  inputs: {
    x: { unit: "m", from: 0, to: 4, scale: "linear" },
    rate: { default: 0.5, minimum: 0, maximum: 1, from: 0.1, to: 1, scale: "log" },
    kind: { choices: ["plain", "salty"], default: "salty" },
    bold: { flag: true },
  },
  value: { name: "sum", dtype: ["float32", "float64"] },
  point: ({ x, rate, kind, bold }) => x * rate + Number(kind === "salty") + Number(bold),
});
const { declaration } = declare(source, "mine");
const compute = computeOf(source as never, declaration);
const four = [F64, F64, F64, F64];

/** The same, with the inputs in the order of these indices. */
const twin = (x: number, rate: number, kind: number, bold: number, manifest?: unknown) =>
  moduleOf({
    functions: [
      {
        parameters: four,
        code: [...LOCAL(x), ...LOCAL(rate), MULTIPLY, ...LOCAL(kind), ADD, ...LOCAL(bold), ADD],
        exportAs: "point",
      },
    ],
    manifest,
  });

const WINDOW: ChunkWindow = {
  parameters: { kind: "salty" },
  axes: [
    { input: "bold", values: [false, true] },
    { input: "x", values: Float64Array.of(0, 1 / 3, 1e300) },
    { input: "rate", values: Float64Array.of(0.1, 0.7) },
  ],
  ...{ from: [0, 0, 0], shape: [2, 3, 2], seed: 0 },
};
const outOf = () => [new Float64Array(12)];

test("a module without a manifest becomes a twin by its kernel's declaration, and computes the same bits", async () => {
  const path = join(folderWith({ "fast.wasm": twin(0, 1, 2, 3) }), "fast.wasm");
  const built = await buildTwin(path, declaration);
  expect(built.declaration).toEqual(declaration);
  const fast = twinOf(declaration, built.artifact, "fast.wasm");
  expect(firstDifference({ declaration, compute, fast }, WINDOW, outOf)).toBeUndefined();
});

test("a twin may have its inputs in another order, and ranges of its own", () => {
  const manifest = {
    inputs: { bold: { flag: true }, kind: { choices: ["plain", "salty"] }, x: { default: 1 }, rate: {} },
    value: { name: "sum" },
  };
  const fast = twinOf(declaration, twin(2, 3, 1, 0, manifest), "fast.wasm");
  expect(firstDifference({ declaration, compute, fast }, WINDOW, outOf)).toBeUndefined();
});

describe("a module does not fit a kernel", () => {
  const refusalFor = (inputs: object, values: object = { sum: {} }) => {
    const { declaration: other } = declare(
      { kind: "kernel", inputs: inputs as never, values: values as never },
      "twin",
    );
    return () => expectFit(declaration, other, "fast.wasm");
  };
  const inputs = { x: {}, rate: {}, kind: { choices: ["plain", "salty"] }, bold: { flag: true } };

  test("of other inputs, other choices, or their order", () => {
    expect(refusalFor(inputs)).not.toThrow();
    expect(refusalFor({ ...inputs, bold: {} })).toThrow(
      'Expected the inputs of fast.wasm to be those of its kernel, bold (a flag), kind ("plain"|"salty"), rate, x, got bold, kind ("plain"|"salty"), rate, x.',
    );
    expect(refusalFor({ ...inputs, kind: { choices: ["salty", "plain"] } })).toThrow(
      'got bold (a flag), kind ("salty"|"plain")',
    );
  });

  test("of other values", () => {
    expect(refusalFor(inputs, { sum: {}, more: {} })).toThrow(
      "Expected the values of fast.wasm to be those of its kernel, sum, got sum, more.",
    );
  });
});

test("a difference is told by value, cell and both numbers; NaN is NaN, and 0 is not -0", () => {
  const computing =
    (...numbers: number[]) =>
    (_: ChunkWindow, [out]: readonly { set(numbers: number[]): void }[]) =>
      out!.set(numbers);
  const window = { ...WINDOW, axes: [{ input: "x", values: Float64Array.of(5, 6, 7) }] };
  const between = (plain: number[], fast: number[]) =>
    firstDifference({ declaration, compute: computing(...plain), fast: computing(...fast) }, window, () => [
      new Float64Array(3),
    ]);
  expect(between([Number.NaN, 1, 0], [-Number.NaN, 1, 0])).toBeUndefined();
  expect(between([1, 2, 0], [1, 2, -0])).toEqual({ value: "sum", at: "x = 7", plain: 0, fast: -0 });
});

test("sampled cells are spread over each axis, its first and last among them", () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 500 }), (shape, cells) => {
      const axes = shape.map((length, axis) => ({
        input: `x${axis}`,
        values: Float64Array.from(Array(length).keys()),
      }));
      const few = sampled({ ...WINDOW, axes }, cells).axes.map(({ values }) => [...values]);
      expect(few.reduce((product, { length }) => product * length, 1)).toBeLessThanOrEqual(cells);
      for (const [axis, values] of few.entries()) {
        expect(values[0]).toBe(0);
        if (values.length > 1) expect(values.at(-1)).toBe(shape[axis]! - 1);
      }
    }),
    { numRuns: 50 },
  );
});
