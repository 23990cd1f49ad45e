import fc from "fast-check";
import { expect, test } from "vitest";
import { arrayShape } from "../../shared/array/grid.ts";
import { Layout } from "../../shared/array/layout.ts";
import { resolveAxis } from "../../shared/array/resolve-axis.ts";
import { doublePendulum } from "../../shared/kernels/double-pendulum.ts";
import type { Kernel } from "../../shared/kernels/kernel.ts";
import { mandelbrot } from "../../shared/kernels/mandelbrot.ts";
import { autoChunkShape, boundedShape } from "../../shared/plan/chunk-shape.ts";

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

const axes = [
  resolveAxis({ from: 1.3, to: -1.3, count: 4000 }, "y"),
  resolveAxis({ from: -2.13, to: 0.77, count: 4000 }, "x"),
];
const cutMandelbrot = (
  maxIterations: number,
  region = axes,
  compute = mandelbrot.compute as Kernel["compute"],
) =>
  autoChunkShape(
    { parameters: { maxIterations }, axes: region, dtype: maxIterations < 65_535 ? "uint16" : "uint32" },
    { ...(mandelbrot as Kernel), compute },
  );
const totalOf = (shape: readonly number[]) => new Layout(arrayShape({ axes }), shape).total;

test("a high iteration limit that hardly any element reaches does not cut an array to pieces", () => {
  expect([1000, 10_000, 100_000, 1_000_000].map((limit) => totalOf(cutMandelbrot(limit)))).toEqual([
    64, 64, 400, 4096,
  ]);
});

test("the shape follows the dearest part: where the region's elements are dear its chunks are smaller", () => {
  const inside = [
    resolveAxis({ from: 0.6, to: 0.4, count: 4000 }, "y"),
    resolveAxis({ from: -0.6, to: -0.4, count: 4000 }, "x"),
  ];
  expect(totalOf(cutMandelbrot(100_000, inside))).toBeGreaterThanOrEqual(totalOf(cutMandelbrot(100_000)));
  const neverFlips = autoChunkShape(
    {
      parameters: Object.fromEntries(
        Object.entries(doublePendulum.parameters).map(([name, spec]) => [name, spec.default]),
      ),
      axes: [
        resolveAxis({ from: 0.5, to: -0.5, count: 2000 }, "y"),
        resolveAxis({ from: -0.5, to: 0.5, count: 2000 }, "x"),
      ],
      dtype: "float32",
    },
    doublePendulum as Kernel,
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
