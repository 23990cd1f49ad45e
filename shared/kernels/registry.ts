import type { KernelSource } from "./authoring.ts";
import { doublePendulum } from "./double-pendulum/double-pendulum.ts";
import { PENDULUM_WORK } from "./double-pendulum/work.ts";
import { julia } from "./escape-time/julia.ts";
import { mandelbrot } from "./escape-time/mandelbrot.ts";
import { ITERATION_WORK, MANDELBROT_WORK } from "./escape-time/work.ts";
import type { CellWork } from "./loaded.ts";

/** A kernel in the bundle. */
export interface BuiltIn extends KernelSource {
  readonly name: string;
  /** Absent where every cell costs about the same. */
  readonly work?: CellWork;
  /** See LoadedKernel. */
  readonly size?: number;
}

/** Kernels by name. */
export type Registry = ReadonlyMap<string, BuiltIn>;

/**
 * @example
 * const KERNELS = registry([mandelbrot, { ...julia, name: "another" }]);
 */
export function registry(kernels: readonly object[]): Registry {
  // Each types its own inputs, and all are called alike.
  return new Map((kernels as readonly BuiltIn[]).map((kernel) => [kernel.name, kernel]));
}

/** 500 points a side. */
const TUTORIAL_SIZE = 1000;

/** Every kernel in the bundle. */
export const KERNELS = registry(
  [
    { ...mandelbrot, work: MANDELBROT_WORK },
    { ...julia, work: ITERATION_WORK },
    { ...doublePendulum, work: PENDULUM_WORK },
  ].map((kernel) => ({ ...kernel, size: TUTORIAL_SIZE })),
);
