import fc from "fast-check";
import { expect, test } from "vitest";
import { twins } from "../../../client/kernels/loader.ts";
import { coordinates, lengthOf } from "../../../shared/array/grid.ts";
import { resolveAxis, tutorialAxis } from "../../../shared/array/resolve-axis.ts";
import { makeArray } from "../../../shared/kernels/dtype.ts";
import { mandelbrot } from "../../../shared/kernels/escape-time/mandelbrot.ts";
import { withTwins } from "../../../shared/kernels/fast.ts";
import { KERNELS, registry } from "../../../shared/kernels/registry.ts";
import { instantiateLater } from "../../../shared/kernels/wasm-kernels.ts";
import { sameBytes } from "../../helpers/arrays.ts";
import { fastCompute } from "../../helpers/fast.ts";
import { builtIn, defaultsOf } from "../../helpers/kernels.ts";
import { cellsIn, computeBoth, differenceOf, windowOver } from "../../helpers/windows.ts";

type Parameters = Readonly<Record<string, number>>;
type Plane = Readonly<Record<"y" | "x", Float64Array>>;

function both(kernel: string, parameters: Parameters, plane: Plane, dtype: "uint16" | "uint32") {
  const window = windowOver(plane, parameters);
  const [plain, fast] = [makeArray(dtype, cellsIn(window)), makeArray(dtype, cellsIn(window))];
  computeBoth(kernel, window, plain, fast);
  return { window, plain, fast };
}

function expectTheSame(kernel: string, parameters: Parameters, plane: Plane, dtype: "uint16" | "uint32") {
  const { window, plain, fast } = both(kernel, parameters, plane, dtype);
  if (!sameBytes(plain, fast)) expect.fail(differenceOf(window, plain, fast));
}

test("WebAssembly runs here, so that these tests compare two things", () => {
  expect(instantiateLater(twins)()).toBeDefined();
  expect(fastCompute("mandelbrot")).not.toBe(builtIn("mandelbrot").compute);
  expect(fastCompute("julia")).not.toBe(builtIn("julia").compute);
});

test.each([
  [100, 1000, 509_274],
  [300, 100, 537_814],
  [1000, 1000, 51_214_485],
])("size %i at %i iterations is the plain kernel's in every cell, with the sum %i", (size, limit, sum) => {
  const axis = (from: number, to: number) => {
    const resolved = resolveAxis(tutorialAxis(from, to, size), "axis");
    return coordinates(resolved, 0, lengthOf(resolved));
  };
  const window = { y: axis(1.3, -1.3), x: axis(-2.13, 0.77) };
  const { plain, fast } = both("mandelbrot", { maxIterations: limit }, window, "uint16");
  expect(sameBytes(plain, fast)).toBe(true);
  let total = 0;
  for (const value of fast) total += value;
  expect(total).toBe(sum);
});

/** A side of a window, either rule, around a point, as narrow as 1e-12, from the beginning or the middle of its axis. */
const side = (centre: fc.Arbitrary<number>, count: fc.Arbitrary<number>) =>
  fc
    .record({
      centre,
      exponent: fc.double({ min: -12, max: 0.5, noNaN: true }),
      count,
      rule: fc.constantFrom("index" as const, "accumulate" as const),
      sign: fc.constantFrom(1, -1),
      start: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5000 })),
    })
    .map(({ centre, exponent, count, rule, sign, start }) => {
      const extent = sign * 10 ** exponent;
      const step = extent / count;
      const end = start + count;
      return coordinates({ rule, from: centre - extent / 2 - start * step, step, count: end }, start, end);
    });
const near = fc.double({ min: -2.2, max: 2.2, noNaN: true });
/** Where the set's boundary is rich: cusp, seahorses, antenna, a spiral, the tip at -2. */
const rich = fc.constantFrom(0.25, -0.75, -1.25, -0.7463, 0.1102, -1.7548776662, -1.99999, -2, 0, 0.1318);
const counts = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 33 }));
const windows = fc.record({ y: side(fc.oneof(near, rich), counts), x: side(fc.oneof(near, rich), counts) });
/** 1 to 100,000, small ones as often as large ones. */
const limits = fc
  .double({ min: 0, max: 5, noNaN: true })
  .map((exponent) => Math.max(1, Math.floor(10 ** exponent)));
const dtypes = fc.constantFrom("uint16" as const, "uint32" as const);
const sides = fc.double({ min: -2, max: 2, noNaN: true });

test("mandelbrot's twin equals it in every cell of random windows", () => {
  fc.assert(
    fc.property(windows, limits, dtypes, (window, maxIterations, dtype) =>
      expectTheSame("mandelbrot", { maxIterations }, window, maxIterations < 65_535 ? dtype : "uint32"),
    ),
    { numRuns: 150 },
  );
}, 60_000);

test("julia's twin equals it in every cell of random windows, under every c", () => {
  fc.assert(
    fc.property(windows, limits, dtypes, sides, sides, (window, maxIterations, dtype, cRe, cIm) =>
      expectTheSame("julia", { maxIterations, cRe, cIm }, window, maxIterations < 65_535 ? dtype : "uint32"),
    ),
    { numRuns: 150 },
  );
}, 60_000);

test("whatever a coordinate is, the twins make of it what the plain kernels do", () => {
  const odd = fc.array(
    fc.oneof(
      fc.double(),
      fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, -0, 5e-324, -2.5e-310, 1e-160, 2, -2, 1e154, 1e308),
    ),
    { minLength: 1, maxLength: 20 },
  );
  fc.assert(
    fc.property(odd, odd, fc.integer({ min: 1, max: 300 }), sides, sides, (y, x, maxIterations, cRe, cIm) => {
      const window = { y: Float64Array.from(y), x: Float64Array.from(x) };
      expectTheSame("mandelbrot", { maxIterations }, window, "uint16");
      expectTheSame("julia", { maxIterations, cRe, cIm }, window, "uint16");
    }),
    { numRuns: 300 },
  );
});

test.each([
  [1, 70_001],
  [70_001, 1],
  [3, 40_000],
  [1000, 37],
])("a window of %i x %i, more than the twin's memory holds, is put together from tiles", (rows, columns) => {
  const axis = (from: number, to: number, count: number) =>
    coordinates({ rule: "index", from, step: (to - from) / count, count }, 0, count);
  const window = { y: axis(1.3, -1.2, rows), x: axis(-2.13, 0.77, columns) };
  expectTheSame("mandelbrot", { maxIterations: 60 }, window, "uint16");
  expectTheSame("julia", { maxIterations: 60, cRe: -0.8, cIm: 0.156 }, window, "uint32");
});

test("a billion iterations are counted without being run where the orbit comes back to itself", () => {
  const window = { y: Float64Array.of(0, 0.1), x: Float64Array.of(-1, -0.1, 0, 0.2, 2.5) };
  const out = new Uint32Array(10);
  fastCompute("mandelbrot")(windowOver(window, { maxIterations: 1_000_000_000 }), [out]);
  expect([...out]).toEqual([1e9, 1e9, 1e9, 1e9, 0, 1e9, 1e9, 1e9, 1e9, 0]);
});

test("limits around the ends of the first iterations and of the strides after them are met exactly", () => {
  // In one window or the other points escape after every number of iterations up to 60.
  const axis = (from: number, to: number) =>
    coordinates({ rule: "index", from, step: (to - from) / 61, count: 61 }, 0, 61);
  const seahorses = { y: axis(0.05, 0.25), x: axis(-0.8, -0.7) };
  const plane = { y: axis(1.1, -1.1), x: axis(-1.7, 1.7) };
  for (let maxIterations = 1; maxIterations <= 60; maxIterations++) {
    for (const dtype of ["uint16", "uint32"] as const) {
      expectTheSame("mandelbrot", { maxIterations }, seahorses, dtype);
      expectTheSame("julia", { maxIterations, cRe: -0.8, cIm: 0.156 }, plane, dtype);
    }
  }
});

test("of eight columns some stay inside, some escape: their counts above 65,535 are put all the same", () => {
  const x = coordinates({ rule: "index", from: -1.4, step: 0.03, count: 64 }, 0, 64);
  const window = { y: Float64Array.of(0, 0.01, 0.1), x };
  expectTheSame("mandelbrot", { maxIterations: 70_000 }, window, "uint32");
});

test("a kernel made from another one does not inherit its twin", () => {
  const other = { ...mandelbrot, name: "other", fill: () => {} };
  const loaded = withTwins(registry([other, mandelbrot]), twins);
  expect(loaded.get("mandelbrot")?.fast).toBeDefined();
  expect(loaded.get("other")?.fast).toBeUndefined();
});

test("no twin is compiled before it computes, and then once for all of them", () => {
  let compiled = 0;
  const loaded = withTwins(KERNELS, () => {
    compiled++;
    return twins();
  });
  const fast = [...loaded.values()].filter(({ fast }) => fast);
  expect(fast.map(({ name }) => name)).toEqual(["mandelbrot", "julia", "double-pendulum"]);
  expect(compiled).toBe(0);
  for (const { name, fast: twin } of fast) {
    // Its two axes are held fixed as well: the cell where all inputs are at their defaults.
    const [input, ...others] = Object.entries(defaultsOf(name));
    twin?.(windowOver({ [input![0]]: Float64Array.of(0) }, Object.fromEntries(others)), [new Uint16Array(1)]);
  }
  expect(compiled).toBe(1);
});

test("without vectors the plain kernel computes in the twin's place", () => {
  const out = new Uint16Array(3);
  const c = { y: Float64Array.of(0), x: Float64Array.of(-1, 0.3, 2.5) };
  withTwins(KERNELS, () => undefined)
    .get("mandelbrot")
    ?.fast?.(windowOver(c, { maxIterations: 50 }), [out]);
  expect([...out]).toEqual([50, 11, 0]);
});
