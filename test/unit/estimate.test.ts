import fc from "fast-check";
import { expect, test } from "vitest";
import { coordinates, lengthOf } from "../../shared/array/grid.ts";
import { Layout, layoutOf } from "../../shared/array/layout.ts";
import type { JobSpec } from "../../shared/array/spec.ts";
import { type ChunkArray, makeArray } from "../../shared/kernels/dtype.ts";
import { mandelbrot } from "../../shared/kernels/escape-time/mandelbrot.ts";
import { MANDELBROT_WORK } from "../../shared/kernels/escape-time/work.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import { estimateWork } from "../../shared/plan/estimate.ts";
import { chunkWork, WORK_PER_SECOND } from "../../shared/plan/work-units.ts";
import { builtIn, resolvedJob, testKernel } from "../helpers/kernels.ts";
import { windowOver } from "../helpers/windows.ts";

const plain = builtIn("mandelbrot");

/** Mandelbrot, counting what is asked of it. */
function counting() {
  const asked = { calls: 0, points: 0 };
  type Window = Parameters<typeof mandelbrot.fill>[0];
  const kernel = testKernel({
    ...mandelbrot,
    work: MANDELBROT_WORK,
    fill: (window: Window, out: ChunkArray) => {
      asked.calls++;
      asked.points += window.y.length * window.x.length;
      out.fill(1);
    },
  });
  return { asked, kernel };
}

const specOf = (rows: number, columns: number, more: Partial<JobRequest> = {}): JobSpec =>
  resolvedJob(
    {
      kernel: "mandelbrot",
      grid: {
        axes: [
          { from: 1.3, to: -1.3, count: rows },
          { from: -2.13, to: 0.77, count: columns },
        ],
      },
      ...more,
    },
    "j",
  ).spec;

/** What the chunks really cost, by computing them. */
function trueWork(spec: JobSpec): number[] {
  const [y, x] = spec.axes.map((axis) => coordinates(axis, 0, lengthOf(axis))) as [
    Float64Array,
    Float64Array,
  ];
  return Array.from(
    layoutOf(spec).chunks(),
    ({ from: [row = 0, column = 0], shape: [height = 0, width = 0] }) => {
      const window = { y: y.subarray(row, row + height), x: x.subarray(column, column + width) };
      const out = makeArray(spec.values[0]!.dtype, window.y.length * window.x.length);
      plain.compute(windowOver(window, spec.parameters), [out]);
      let units = 0;
      out.forEach((value, at) => {
        const [row, column] = [Math.floor(at / window.x.length), at % window.x.length];
        const c = { y: window.y[row]!, x: window.x[column]! };
        units += plain.work!.of({ ...spec.parameters, ...c }, value);
      });
      return chunkWork(out.length, units / out.length);
    },
  );
}

test("the estimate follows the work that the chunks turn out to be", () => {
  const spec = specOf(500, 500, { chunk: [25, 25] });
  const estimated = estimateWork(spec, plain);
  const real = trueWork(spec);
  const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);
  expect(sum(estimated) / sum(real)).toBeGreaterThan(0.9);
  expect(sum(estimated) / sum(real)).toBeLessThan(1.1);
  const wrong = sum(real.map((units, chunk) => Math.abs(units - estimated[chunk]!)));
  const uniform = sum(real.map((units) => Math.abs(units - sum(real) / real.length)));
  expect(wrong / uniform).toBeLessThan(0.25);
});

test("the same spec is always estimated alike", () => {
  const spec = specOf(1000, 777, { chunk: [31, 17] });
  expect(estimateWork(spec, plain)).toEqual(estimateWork(spec, plain));
});

test.each([
  ["a few large chunks", specOf(4000, 4000)],
  ["chunks of one element", specOf(300, 200, { chunk: [1, 1] })],
  ["whole rows", specOf(2000, 2000, { chunk: [1, 2000] })],
  ["whole columns", specOf(2000, 2000, { chunk: [2000, 1] })],
  ["a million chunks", specOf(100_000, 100_000, { chunk: [100, 100] })],
  ["a million chunks in a thin array", specOf(1_000_000, 3, { chunk: [1, 3] })],
  ["a dear kernel", specOf(4000, 4000, { parameters: { maxIterations: 100_000 } })],
  ["a cheap kernel", specOf(20_000, 20_000, { parameters: { maxIterations: 1 }, chunk: [100, 100] })],
])("the coarse run stays within its budget: %s", (_, spec) => {
  const { asked, kernel } = counting();
  const work = estimateWork(spec, kernel);
  const { total, elements } = layoutOf(spec);
  expect(work.length).toBe(total);
  expect(work.every((units) => units > 0 && Number.isFinite(units))).toBe(true);
  expect(asked.calls).toBe(1);
  expect(asked.points).toBeGreaterThan(0);
  expect(asked.points).toBeLessThanOrEqual(Math.min(elements / 64, total * 16, 100_000));
  const most = asked.points * Number(spec.parameters.maxIterations);
  expect(most).toBeLessThanOrEqual(0.5 * WORK_PER_SECOND);
});

test("whatever the array, its chunks and the price of an element: within budget, and every chunk has a cost", () => {
  const side = fc.integer({ min: 1, max: 3000 });
  const limit = fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 1e9 }));
  fc.assert(
    fc.property(side, side, side, side, limit, (rows, columns, down, across, maxIterations) => {
      const pieces = [Math.max(1, Math.floor(rows / down)), Math.max(1, Math.floor(columns / across))];
      if (new Layout([rows, columns], pieces).total > 100_000) return;
      const spec = specOf(rows, columns, { chunk: pieces, parameters: { maxIterations } });
      let points = 0;
      const work = estimateWork(spec, {
        ...plain,
        fast: undefined,
        work: { most: () => maxIterations, of: (_inputs, value) => Math.min(value + 1, maxIterations) },
        compute: ({ axes: [y, x] }, [out]) => {
          points += y!.values.length * x!.values.length;
          expect(out!.length).toBe(points);
          out!.fill(1);
        },
      });
      expect(points).toBeLessThanOrEqual(Math.min((rows * columns) / 64, 100_000));
      expect(points * maxIterations).toBeLessThanOrEqual(0.5 * WORK_PER_SECOND);
      const perElement = points > 0 ? Math.min(2, maxIterations) : maxIterations;
      const [first = 0] = work;
      expect(first / chunkWork(pieces[0]! * pieces[1]!, perElement)).toBeCloseTo(1);
      expect(work.every((units) => units > 0 && units <= first * (1 + 1e-9))).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ["two chunks", specOf(1000, 1000, { chunk: [500, 1000] })],
  ["few elements", specOf(30, 30, { chunk: [5, 5] })],
  [
    "elements that would each cost the whole budget",
    specOf(500, 500, { parameters: { maxIterations: 1e9 } }),
  ],
])("no coarse run where it would not pay: %s", (_, spec) => {
  const { asked, kernel } = counting();
  const work = estimateWork(spec, kernel);
  expect(asked.calls).toBe(0);
  expect(work.every((units) => units <= work[0]!)).toBe(true);
});

test("a kernel that does not say what its elements cost is not asked: chunks count by their elements", () => {
  const { asked, kernel } = counting();
  const { work: _, ...silent } = kernel;
  const work = estimateWork(specOf(250, 250, { chunk: [100, 100] }), silent);
  expect(asked.calls).toBe(0);
  expect(work[0]).toBe(chunkWork(10_000, 1000));
  expect(work[8]).toBe(chunkWork(2_500, 1000));
});

test("a kernel that throws, or whose work is no number, spoils no job", () => {
  const spec = specOf(500, 500, { chunk: [50, 50] });
  const throwing = {
    ...plain,
    fast: undefined,
    compute: () => {
      throw new RangeError("no");
    },
  };
  expect(estimateWork(spec, throwing).every((units) => units === chunkWork(2500, 1000))).toBe(true);
  const nonsense = { ...plain, work: { most: () => 1000, of: () => Number.NaN } };
  const work = estimateWork(spec, nonsense);
  for (const units of work) expect(units).toBeCloseTo(chunkWork(2500, 1000));
});

test("a job with one axis is estimated along it", () => {
  const axes = [{ from: -2, to: 0.5, count: 10_000 }];
  const { spec } = resolvedJob({ kernel: "mandelbrot", grid: { axes }, chunk: [100] }, "j");
  const work = estimateWork(spec, plain);
  expect(work[60]!).toBeLessThan(work[26]!); // c = -0.5 is known to be interior, of c = -1.35 it must be found out
});
