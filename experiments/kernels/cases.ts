/** What the kernels and their twins are measured on. */
import { coordinates, lengthOf } from "../../shared/array/grid.ts";
import { resolveAxis, tutorialAxis } from "../../shared/array/resolve-axis.ts";
import type { Declaration } from "../../shared/kernels/declaration.ts";
import { type ChunkArray, makeArray } from "../../shared/kernels/dtype.ts";
import type { ChunkWindow, Compute, LoadedKernel } from "../../shared/kernels/loaded.ts";
import { resolveDtype } from "../../shared/plan/check-spec.ts";
import { builtIn } from "../measuring/requests.ts";

export interface Case {
  readonly name: string;
  readonly kernel: LoadedKernel;
  readonly parameters: Readonly<Record<string, number>>;
  readonly rows: Float64Array;
  readonly columns: Float64Array;
}

type Points = Pick<Case, "rows" | "columns">;

const evenly = (centre: number, extent: number, count: number) =>
  coordinates({ rule: "index", from: centre - extent / 2, step: extent / count, count }, 0, count);
const around = (re: number, im: number, extent: number, count: number): Points => ({
  rows: evenly(im, -extent, count),
  columns: evenly(re, extent, count),
});
const tutorial = (size: number, every = 1): Points => {
  const axis = (from: number, to: number) => {
    const resolved = resolveAxis(tutorialAxis(from, to, size), "axis");
    return coordinates(resolved, 0, lengthOf(resolved)).filter((_, k) => k % every === 0);
  };
  return { rows: axis(1.3, -1.3), columns: axis(-2.13, 0.77) };
};

const [mandelbrot, julia, doublePendulum] = ["mandelbrot", "julia", "double-pendulum"].map(builtIn) as [
  LoadedKernel,
  LoadedKernel,
  LoadedKernel,
];

export const CASES: readonly Case[] = [
  {
    name: "default, 500 x 500",
    kernel: mandelbrot,
    parameters: { maxIterations: 1000 },
    ...tutorial(1000),
  },
  {
    name: "every 4th row and column of 4,000 x 4,000",
    kernel: mandelbrot,
    parameters: { maxIterations: 1000 },
    ...tutorial(8000, 4),
  },
  {
    name: "a spiral, 300 x 300, extent 1e-5",
    kernel: mandelbrot,
    parameters: { maxIterations: 5000 },
    ...around(-0.743643887037151, 0.13182590420533, 1e-5, 300),
  },
  {
    name: "without interior, 150 x 150, extent 1e-10",
    kernel: mandelbrot,
    parameters: { maxIterations: 10_000 },
    ...around(-0.743643887037151, 0.13182590420533, 1e-10, 150),
  },
  {
    name: "default, 500 x 500",
    kernel: julia,
    parameters: { maxIterations: 1000, cRe: -0.8, cIm: 0.156 },
    ...around(0, 0, 2.2, 500),
  },
  {
    name: "c = -0.12 + 0.75i, mostly interior, 500 x 500",
    kernel: julia,
    parameters: { maxIterations: 1000, cRe: -0.12, cIm: 0.75 },
    ...around(0, 0, 2.2, 500),
  },
  {
    name: "default, 60 x 60",
    kernel: doublePendulum,
    parameters: fixedByDefault(doublePendulum.declaration),
    rows: evenly(0, -2 * Math.PI, 60),
    columns: evenly(0, 2 * Math.PI, 60),
  },
];

/** The inputs' defaults, without the two that are swept. */
function fixedByDefault({ inputs }: Declaration): Record<string, number> {
  return Object.fromEntries(
    Object.entries(inputs)
      .slice(2)
      .map(([name, input]) => [name, Number(input.default)]),
  );
}

/** The rows of a case that are a thread's: from its number on, every row after as many as there are threads. */
export function partOf(whole: Case, thread: number, threads: number): Case {
  return { ...whole, rows: whole.rows.filter((_, row) => row % threads === thread) };
}

export function outOf({ kernel, parameters, rows, columns }: Case): ChunkArray {
  const dtype = resolveDtype(kernel.declaration.values[0]!, { parameters, axes: [] }, "auto");
  return makeArray(dtype, rows.length * columns.length);
}

/** The case as a chunk: its first two inputs are swept. */
export function windowOf({ kernel, parameters, rows, columns }: Case): ChunkWindow {
  const [first, second] = Object.keys(kernel.declaration.inputs);
  const axes = [
    { input: first!, values: rows },
    { input: second!, values: columns },
  ];
  return { parameters, axes, from: [0, 0], shape: [rows.length, columns.length], seed: 0 };
}

/** The twin of a case's kernel. */
export function fastCompute({ name, fast }: LoadedKernel): Compute {
  if (!fast) throw new RangeError(`Expected a fast twin of ${name}, got none`);
  return fast;
}

/** Iterations that a value stands for, or steps of the integration. */
export function iterationsOf({ parameters }: Case, value: number): number {
  const { maxIterations, duration = 0, timeStep = 1 } = parameters;
  if (maxIterations !== undefined) return Math.min(value + 1, maxIterations);
  return Math.ceil(Math.min(value + timeStep, duration) / timeStep);
}

/** The value of what neither escapes nor flips. */
export function limitOf({ parameters }: Case): number {
  return parameters.maxIterations ?? parameters.duration ?? Number.NaN;
}
