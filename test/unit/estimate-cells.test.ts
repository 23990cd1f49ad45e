import { expect, test } from "vitest";
import { kernel } from "../../shared/kernels/authoring.ts";
import type { ChunkArray } from "../../shared/kernels/dtype.ts";
import { mandelbrot } from "../../shared/kernels/escape-time/mandelbrot.ts";
import { cheapestWork, dearestWork, estimateWork, type Region } from "../../shared/plan/estimate.ts";
import { chunkWork, WORK_PER_SECOND } from "../../shared/plan/work-units.ts";
import { testKernel } from "../helpers/kernels.ts";

const DEAREST = 10_000;

/** An array whose coordinates are its indices. */
function region(counts: readonly number[], chunkShape: readonly number[]): Region {
  const names = ["y", "x"].slice(-counts.length);
  const axes = counts.map(
    (count, k) => ({ input: names[k], rule: "index", from: 0, step: 1, count }) as const,
  );
  return { parameters: {}, axes, values: [{ dtype: "float64" }], chunkShape: [...chunkShape] };
}

/** A kernel whose elements cost `units`, at most `most`, and what was asked of it. */
function costing(units: (y: number, x: number) => number, most = DEAREST) {
  const asked: { y: number[]; x: number[] }[] = [];
  const kernel = testKernel({
    ...mandelbrot,
    name: "costing",
    work: { most: () => most, of: (_inputs: object, value: number) => value },
    fill: ({ y, x }: { y: Float64Array; x: Float64Array }, out: ChunkArray) => {
      asked.push({ y: [...y], x: [...x] });
      for (const [row, at] of y.entries())
        for (const [column, to] of x.entries()) out[row * x.length + column] = units(at, to);
    },
  });
  return { kernel, asked };
}

const sloping = () => costing((y, x) => y + 64 * x);

test("sixteen points of a chunk, each in the middle of its part, tell what the chunk's elements cost", () => {
  const { kernel, asked } = sloping();
  const work = estimateWork(region([64, 64], [32, 32]), kernel);
  const probes = [4, 12, 20, 28, 36, 44, 52, 60];
  expect(asked).toEqual([{ y: probes, x: probes }]);
  const means = [16 + 64 * 16, 16 + 64 * 48, 48 + 64 * 16, 48 + 64 * 48];
  expect([...work]).toEqual(means.map((mean) => chunkWork(1024, mean)));
});

test("points of a chunk that the array cuts off lie within it, and its elements are fewer", () => {
  const { kernel, asked } = sloping();
  const work = estimateWork(region([70, 64], [32, 32]), kernel);
  // 70 points: eleven a chunk, three down and three across.
  expect(asked).toEqual([{ y: [5, 16, 26, 37, 48, 58, 65, 67, 69], x: [5, 16, 26, 37, 48, 58] }]);
  expect(work[4]).toBeCloseTo(chunkWork(6 * 32, 67 + (64 * (5 + 16 + 26)) / 3), 5);
  expect(work[1]).toBeCloseTo(chunkWork(1024, (5 + 16 + 26) / 3 + (64 * (37 + 48 + 58)) / 3), 5);
});

test("where there are more chunks than points, four share one in their middle", () => {
  const { kernel, asked } = sloping();
  const work = estimateWork(region([64, 64], [4, 4]), kernel);
  const probes = [4, 12, 20, 28, 36, 44, 52, 60];
  expect(asked).toEqual([{ y: probes, x: probes }]);
  const at = (i: number, j: number) => work[16 * i + j];
  expect([at(0, 0), at(1, 1), at(0, 1)]).toEqual(Array(3).fill(chunkWork(16, 4 + 64 * 4)));
  expect(at(15, 2)).toBe(chunkWork(16, 60 + 64 * 12));
});

test("of a column of chunks as many share one as it takes", () => {
  const { kernel, asked } = sloping();
  const work = estimateWork(region([4096, 1], [1, 1]), kernel);
  expect(asked[0]?.y).toEqual(Array.from({ length: 64 }, (_, cell) => 64 * cell + 32));
  expect(asked[0]?.x).toEqual([0]);
  expect([work[0], work[63], work[64]]).toEqual([32, 32, 96].map((y) => chunkWork(1, y)));
});

test("points lie as far apart down as across, in a chunk that is wide, high, or narrower than that", () => {
  const pointsIn = (counts: readonly number[], chunk: readonly number[]) => {
    const { kernel, asked } = sloping();
    estimateWork(region(counts, chunk), kernel);
    return [asked[0]?.y.length, asked[0]?.x.length];
  };
  expect(pointsIn([64, 256], [16, 256])).toEqual([4 * 1, 16]);
  expect(pointsIn([256, 64], [256, 16])).toEqual([16, 4 * 1]);
  expect(pointsIn([6, 4096], [2, 4096])).toEqual([3 * 1, 16]);
  expect(pointsIn([4096, 6], [4096, 2])).toEqual([16, 3 * 1]);
  expect(pointsIn([96, 96], [32, 96])).toEqual([3 * 2, 8]);
});

test("an array with one axis is asked along it, where the kernel's other input lies by default", () => {
  const { kernel, asked } = costing((y, x) => y + x);
  const work = estimateWork(region([4096], [1024]), kernel);
  expect(asked[0]?.y).toEqual([mandelbrot.inputs.y.default]);
  expect(asked[0]?.x.slice(0, 2)).toEqual([32, 96]);
  expect(work[0]).toBe(chunkWork(1024, mandelbrot.inputs.y.default + 512));
});

test("the axes of a job before they had names are the inputs that its kernel sweeps", () => {
  const named = region([64, 64], [32, 32]);
  const nameless = { ...named, axes: named.axes.map(({ input: _, ...axis }) => axis) };
  const { kernel, asked } = sloping();
  expect(estimateWork(nameless, kernel)).toEqual(estimateWork(named, kernel));
  expect(asked[0]).toEqual(asked[1]);
});

test("three axes, words among them: each chunk costs what its own cells do", () => {
  const seen: string[] = [];
  const source = kernel({
    name: "worded",
    inputs: { a: { from: 0, to: 1 }, way: { choices: ["cheap", "dear"] }, b: { from: 0, to: 1 } },
    value: { name: "units" },
    point: ({ way, b }) => (way === "dear" ? 1000 : 10) + b,
  });
  const worded = testKernel({
    ...source,
    work: {
      most: () => DEAREST,
      of: (inputs: Readonly<Record<string, number | string>>, value: number) => {
        seen.push(`${inputs.way}`);
        return value - Number(inputs.b);
      },
    },
  });
  const range = { rule: "index", from: 0, step: 1, count: 32 } as const;
  const work = estimateWork(
    {
      parameters: {},
      axes: [
        { input: "a", ...range },
        { input: "way", rule: "list", points: ["dear", "cheap"] },
        { input: "b", ...range },
      ],
      values: [{ dtype: "float64" }],
      chunkShape: [16, 1, 16],
    },
    worded,
  );
  const [dear, cheap] = [1000, 10].map((units) => chunkWork(256, units));
  const row = [dear, dear, cheap, cheap];
  for (const [chunk, units] of work.entries())
    expect(units, `chunk ${chunk}`).toBeCloseTo(row[chunk % 4]!, 3);
  expect(new Set(seen)).toEqual(new Set(["dear", "cheap"]));
});

test.each([
  ["16 points", [32, 32], [8, 8], 1],
  ["15 points", [32, 31], [8, 8], 0],
  ["three chunks", [96, 32], [32, 32], 1],
  ["two chunks", [64, 32], [32, 32], 0],
])("a coarse run of %s pays or does not", (_, counts, chunk, runs) => {
  const { kernel, asked } = sloping();
  const [first] = estimateWork(region(counts, chunk), kernel);
  expect(asked).toHaveLength(runs);
  if (runs === 0) expect(first).toBe(chunkWork(chunk[0]! * chunk[1]!, DEAREST));
});

test("dear elements leave few points, and no array has more than 100,000", () => {
  const budget = 0.5 * WORK_PER_SECOND;
  const dear = costing(() => 1, budget / 20);
  estimateWork(region([64, 64], [32, 16]), dear.kernel); // two of its 20 points in each of eight chunks
  expect(dear.asked.map(({ y, x }) => y.length * x.length)).toEqual([16]);
  const many = costing(() => 1, 1);
  estimateWork(region([4000, 4000], [10, 10]), many.kernel); // two of its 160,000 chunks share a point
  expect(many.asked.map(({ y, x }) => [y.length, x.length])).toEqual([[200, 400]]);
});

test.each([
  ["less than nothing", -1, DEAREST],
  ["nothing", 0, 0],
  ["as much as the dearest", DEAREST, DEAREST],
  ["more", DEAREST + 1, DEAREST],
  ["no number", Number.NaN, DEAREST],
])("an element that is said to cost %s", (_, units, counts) => {
  const [first] = estimateWork(region([64, 64], [32, 32]), costing(() => units).kernel);
  expect(first).toBeCloseTo(chunkWork(1024, counts), 5);
});

test("the dearest and the cheapest chunk are told by what an element costs in them", () => {
  const cut = region([70, 64], [32, 32]);
  expect(dearestWork(cut, sloping().kernel)).toBeCloseTo(67 + (64 * (37 + 48 + 58)) / 3, 5);
  expect(cheapestWork(cut, sloping().kernel)?.cheapest).toBeCloseTo(
    (5 + 16 + 26) / 3 + (64 * (5 + 16 + 26)) / 3,
    5,
  );
});

test("of a single chunk the cheapest is known all the same, and nothing of a kernel that does not say", () => {
  const single = region([64, 64], [64, 64]);
  const alone = 32 + 64 * 32;
  expect(cheapestWork(single, sloping().kernel)).toEqual({ cheapest: alone, mean: alone });
  expect(dearestWork(single, sloping().kernel)).toBe(DEAREST);
  const { work: _, ...silent } = sloping().kernel;
  expect(cheapestWork(single, silent)).toBeUndefined();
  expect(dearestWork(single, silent)).toBe(1000);
  const throwing = costing(() => {
    throw new RangeError("no");
  });
  expect(cheapestWork(single, throwing.kernel)).toBeUndefined();
  expect(dearestWork(region([64, 64], [32, 32]), throwing.kernel)).toBe(DEAREST);
});
