import fc from "fast-check";
import { expect, test } from "vitest";
import { arrayShape, type RangeRequest } from "../../shared/array/grid.ts";
import { elementsIn, Layout } from "../../shared/array/layout.ts";
import { resolveAxis } from "../../shared/array/resolve-axis.ts";
import type { Compute } from "../../shared/kernels/loaded.ts";
import { autoChunkShape, boundedShape } from "../../shared/plan/chunk-shape.ts";
import { builtIn, defaultsOf } from "../helpers/kernels.ts";

const even = (units: number) => ({ most: units, dearest: units });
const side = fc.integer({ min: 1, max: 1_000_000 });
const arrays = fc
  .tuple(side, side)
  .map(([rows, columns]) => [rows, Math.max(1, Math.min(columns, Math.floor(1.1e10 / rows)))] as const);
const elementWork = fc
  .tuple(fc.double({ min: 1, max: 1e12, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([most, share]) => ({ most, dearest: share * most }));

test("whatever the array and its elements cost: a chunk fits, has 2 MiB at most, and no array has too many", () => {
  fc.assert(
    fc.property(arrays, fc.constantFrom(2, 4, 8), elementWork, (shape, bytes, work) => {
      const [chunkRows = 0, chunkColumns = 0] = boundedShape(shape, bytes, work);
      expect(Math.min(chunkRows, chunkColumns)).toBeGreaterThanOrEqual(1);
      expect(chunkRows).toBeLessThanOrEqual(shape[0]);
      expect(chunkColumns).toBeLessThanOrEqual(shape[1]);
      expect(chunkRows * chunkColumns * bytes).toBeLessThanOrEqual(2 * 2 ** 20);
      expect(new Layout(shape, [chunkRows, chunkColumns]).total).toBeLessThanOrEqual(1_000_000);
    }),
  );
});

/** Of three to six axes, the short ones among them as often as not. */
const deepArrays = fc
  .array(fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3000 })), {
    minLength: 3,
    maxLength: 6,
  })
  .map((shape) => {
    let left = 1.1e10;
    return shape.map((length) => {
      const side = Math.max(1, Math.min(length, Math.floor(left)));
      left /= side;
      return side;
    });
  });

test("with three axes and more as well, and no chunk is far smaller than its bounds ask for", () => {
  fc.assert(
    fc.property(deepArrays, fc.constantFrom(2, 8, 40), elementWork, (shape, bytes, work) => {
      const chunk = boundedShape(shape, bytes, work);
      const elements = elementsIn(shape);
      expect(chunk.length).toBe(shape.length);
      for (const [axis, side] of chunk.entries()) {
        expect(side).toBeGreaterThanOrEqual(1);
        expect(side).toBeLessThanOrEqual(shape[axis]!);
      }
      expect(elementsIn(chunk) * bytes).toBeLessThanOrEqual(
        Math.max(2 * 2 ** 20, (bytes * elements) / 250_000),
      );
      expect(new Layout(shape, chunk).total).toBeLessThanOrEqual(1_000_000);
      const few = Math.max(elements / 250_000, 1);
      expect(elementsIn(chunk)).toBeLessThanOrEqual(Math.max(4e9 / work.most, few) * (1 + 1e-9));
    }),
    { numRuns: 300 },
  );
});

test.each([
  ["a cube", [100, 100, 100], even(1000), [25, 25, 25]],
  ["a slab", [1000, 1000, 2], even(1000), [125, 125, 2]],
  ["a slab whose short axis comes first", [2, 1000, 1000], even(1000), [2, 125, 125]],
  ["six short axes", [4, 4, 4, 4, 4, 4], even(1000), [4, 4, 4, 4, 4, 4]],
  ["cells of which each may outlast a worker", [10, 10, 10], even(1e12), [1, 1, 1]],
])("automatic chunks of three axes and more: %s", (_, shape, work, expected) => {
  expect(boundedShape(shape, 2, work)).toEqual(expected);
});

test("no chunk could take more than 40 s if each of its elements cost the most", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4000 }),
      fc.integer({ min: 1, max: 4000 }),
      elementWork,
      (rows, columns, work) => {
        const [chunkRows = 0, chunkColumns = 0] = boundedShape([rows, columns], 2, work);
        const few = Math.max((rows * columns) / 250_000, 1);
        expect(chunkRows * chunkColumns).toBeLessThanOrEqual(Math.max(4e9 / work.most, few) * (1 + 1e-9));
      },
    ),
  );
});

test("sides are even: the last chunk of a row is at most a tenth shorter than the others would need", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2000, max: 20_000 }),
      fc.integer({ min: 2000, max: 20_000 }),
      (rows, columns) => {
        const shape = boundedShape([rows, columns], 2, even(100));
        const { counts } = new Layout([rows, columns], shape);
        // What the last row or column lacks is less than one element for each of the others.
        expect(counts[0]! * shape[0]! - rows).toBeLessThan(counts[0]!);
        expect(counts[1]! * shape[1]! - columns).toBeLessThan(counts[1]!);
      },
    ),
  );
});

test.each([
  ["the tutorial's array", [500, 500], even(1000), [125, 125]],
  ["one more column than fits", [2000, 2001], even(1000), [250, 251]],
  ["a large array", [4000, 4000], even(1000), [500, 500]],
  ["2.5 s a chunk where it is dearest", [16_000, 16_000], even(1000), [500, 500]],
  ["... which it mostly is not", [16_000, 16_000], { most: 1000, dearest: 20 }, [1000, 1000]],
  ["a high limit that hardly any element reaches", [4000, 4000], { most: 10_000, dearest: 20 }, [500, 500]],
  ["dear elements: 32 KiB at least", [4000, 4000], even(100_000), [130, 125]],
  ["dearer ones, in a smaller array: some 64 chunks", [500, 500], even(1e6), [56, 63]],
  ["cheaper ones, no larger all the same", [500, 500], even(5e5), [56, 63]],
  ["elements of which 4,000 might outlast a worker", [4000, 4000], { most: 1e6, dearest: 20 }, [63, 63]],
  ["elements beyond all bounds", [500, 500], even(1e12), [1, 1]],
  ["cheap elements: as many as are worth an object", [1000, 1000], even(100), [500, 334]],
  ["cheaper ones: as many as 2 MiB hold", [10_000, 10_000], even(1), [1000, 1000]],
])("automatic chunks of %s", (_, shape, work, expected) => {
  expect(boundedShape(shape, 2, work)).toEqual(expected);
});

test("an array with one axis has chunks with one side", () => {
  expect(boundedShape([100], 2, even(1000))).toEqual([100]);
  expect(boundedShape([1_000_000], 8, even(1000))).toEqual([16394]);
});

const [y, x] = [
  { from: 1.3, to: -1.3, count: 4000 },
  { from: -2.13, to: 0.77, count: 4000 },
];
const axesOf = (ranges: Readonly<Record<string, RangeRequest>>) =>
  Object.entries(ranges).map(([input, range]) => ({ input, ...resolveAxis(range, input) }));
const axes = axesOf({ y, x });
const cutMandelbrot = (
  maxIterations: number,
  region = axes,
  compute: Compute = builtIn("mandelbrot").compute,
) => {
  const values = [{ dtype: maxIterations < 65_535 ? ("uint16" as const) : ("uint32" as const) }];
  const { fast: _, ...plain } = builtIn("mandelbrot");
  return autoChunkShape({ parameters: { maxIterations }, axes: region, values }, { ...plain, compute });
};
const totalOf = (shape: readonly number[]) => new Layout(arrayShape({ axes }), shape).total;

test("a high iteration limit that hardly any element reaches does not cut an array to pieces", () => {
  expect([1000, 10_000, 100_000, 1_000_000].map((limit) => totalOf(cutMandelbrot(limit)))).toEqual([
    64, 64, 400, 4096,
  ]);
});

test("the shape follows the dearest part: where the region's elements are dear its chunks are smaller", () => {
  const inside = axesOf({ y: { from: 0.6, to: 0.4, count: 4000 }, x: { from: -0.6, to: -0.4, count: 4000 } });
  expect(totalOf(cutMandelbrot(100_000, inside))).toBeGreaterThanOrEqual(totalOf(cutMandelbrot(100_000)));
  const neverFlips = autoChunkShape(
    {
      parameters: defaultsOf("double-pendulum"),
      axes: axesOf({
        angle2: { from: 0.5, to: -0.5, count: 2000 },
        angle1: { from: -0.5, to: 0.5, count: 2000 },
      }),
      values: [{ dtype: "float32" }],
    },
    builtIn("double-pendulum"),
  );
  expect(neverFlips).toEqual([91, 91]);
});

test("the kernel is asked only where the answer could matter, and one that throws counts as dear throughout", () => {
  let asked = 0;
  const throwing = () => {
    asked++;
    throw new RangeError("no");
  };
  expect(totalOf(cutMandelbrot(1000, axes, throwing))).toBe(64);
  expect(asked).toBe(0);
  expect(totalOf(cutMandelbrot(50_000, axes, throwing))).toBe(992);
  expect(asked).toBe(1);
});
