import { isDeepStrictEqual } from "node:util";
import { resolveAxis } from "../../shared/array/grid.ts";
import type { JobSpec } from "../../shared/array/spec.ts";
import { mandelbrot } from "../../shared/kernels/mandelbrot.ts";
import { defaultGrid } from "../../shared/plan/resolve-job.ts";

/** The result of the 2013 tutorial's own program for its own region. */
const TUTORIAL = [
  { size: 100, maxIterations: 1000, sum: 509_274 },
  { size: 300, maxIterations: 100, sum: 537_814 },
  { size: 1000, maxIterations: 1000, sum: 51_214_485 },
  { size: 8000, maxIterations: 1000, sum: 3_277_377_171 },
];

/** The sum that a job must have, if one is known. */
export function referenceSum({ kernel, parameters, axes }: JobSpec): number | undefined {
  if (kernel !== mandelbrot.name) return undefined;
  const isTutorials = (size: number) =>
    isDeepStrictEqual(
      axes,
      defaultGrid(mandelbrot, size).map((axis) => resolveAxis(axis, "axis")),
    );
  const known = TUTORIAL.find(
    ({ size, maxIterations }) => maxIterations === parameters.maxIterations && isTutorials(size),
  );
  return known?.sum;
}
