/** What the kernels and their twins are measured on. */
import { kernels } from "../../cli/kernels/loader.ts";
import { coordinates } from "../../shared/array/grid.ts";
import { resolveAxis, tutorialAxis } from "../../shared/array/resolve-axis.ts";
import { doublePendulum } from "../../shared/kernels/double-pendulum.ts";
import { julia } from "../../shared/kernels/julia.ts";
import { type ChunkArray, type Kernel, makeArray, type Window } from "../../shared/kernels/kernel.ts";
import { mandelbrot } from "../../shared/kernels/mandelbrot.ts";

export interface Case {
  readonly name: string;
  readonly kernel: Kernel;
  readonly parameters: Readonly<Record<string, number>>;
  readonly window: Window;
}

const evenly = (centre: number, extent: number, count: number) =>
  coordinates({ rule: "index", from: centre - extent / 2, step: extent / count, count }, 0, count);
const around = (re: number, im: number, extent: number, count: number): Window => ({
  y: evenly(im, -extent, count),
  x: evenly(re, extent, count),
});
const tutorial = (size: number, every = 1): Window => {
  const axis = (from: number, to: number) => {
    const resolved = resolveAxis(tutorialAxis(from, to, size), "axis");
    return coordinates(resolved, 0, resolved.count).filter((_, k) => k % every === 0);
  };
  return { y: axis(1.3, -1.3), x: axis(-2.13, 0.77) };
};

export const CASES: readonly Case[] = [
  {
    name: "default, 500 x 500",
    kernel: mandelbrot,
    parameters: { maxIterations: 1000 },
    window: tutorial(1000),
  },
  {
    name: "every 4th row and column of 4,000 x 4,000",
    kernel: mandelbrot,
    parameters: { maxIterations: 1000 },
    window: tutorial(8000, 4),
  },
  {
    name: "a spiral, 300 x 300, extent 1e-5",
    kernel: mandelbrot,
    parameters: { maxIterations: 5000 },
    window: around(-0.743643887037151, 0.13182590420533, 1e-5, 300),
  },
  {
    name: "without interior, 150 x 150, extent 1e-10",
    kernel: mandelbrot,
    parameters: { maxIterations: 10_000 },
    window: around(-0.743643887037151, 0.13182590420533, 1e-10, 150),
  },
  {
    name: "default, 500 x 500",
    kernel: julia,
    parameters: { maxIterations: 1000, cRe: -0.8, cIm: 0.156 },
    window: around(0, 0, 2.2, 500),
  },
  {
    name: "c = -0.12 + 0.75i, mostly interior, 500 x 500",
    kernel: julia,
    parameters: { maxIterations: 1000, cRe: -0.12, cIm: 0.75 },
    window: around(0, 0, 2.2, 500),
  },
  {
    name: "default, 60 x 60",
    kernel: doublePendulum as Kernel,
    parameters: Object.fromEntries(
      Object.entries(doublePendulum.parameters).map(([name, spec]) => [name, spec.default]),
    ),
    window: { y: evenly(0, -2 * Math.PI, 60), x: evenly(0, 2 * Math.PI, 60) },
  },
];

/** The rows of a case that are a thread's: from its number on, every row after as many as there are threads. */
export function partOf(whole: Case, thread: number, threads: number): Case {
  const { x, y } = whole.window;
  return { ...whole, window: { y: y.filter((_, row) => row % threads === thread), x } };
}

export function outOf({ kernel, parameters, window }: Case): ChunkArray {
  return makeArray(kernel.dtypes(parameters)[0] ?? "float64", window.y.length * window.x.length);
}

/** The twin of a case's kernel. */
export function fastCompute({ name }: Kernel): Kernel["compute"] {
  const fast = kernels.get(name)?.fast;
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
