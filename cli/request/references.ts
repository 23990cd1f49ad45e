import { isDeepStrictEqual } from "node:util";
import { resolveAxis, tutorialAxis } from "../../shared/array/resolve-axis.ts";
import type { JobSpec } from "../../shared/array/spec.ts";

/** The tutorial's region: its rows, then its columns. */
const REGION = [
  { from: 1.3, to: -1.3 },
  { from: -2.13, to: 0.77 },
];

/** The result of the 2013 tutorial's own program for its own region. */
const TUTORIAL = [
  { size: 100, maxIterations: 1000, sum: 509_274 },
  { size: 300, maxIterations: 100, sum: 537_814 },
  { size: 1000, maxIterations: 1000, sum: 51_214_485 },
  { size: 8000, maxIterations: 1000, sum: 3_277_377_171 },
];

/** The sum that a job must have, if one is known. */
export function referenceSum({ kernel, parameters, axes }: JobSpec): number | undefined {
  if (kernel !== "mandelbrot") return undefined;
  const isTutorials = (size: number) =>
    isDeepStrictEqual(
      axes.map(({ input: _, ...axis }) => axis),
      REGION.map(({ from, to }) => resolveAxis(tutorialAxis(from, to, size), "axis")),
    );
  const known = TUTORIAL.find(
    ({ size, maxIterations }) => maxIterations === parameters.maxIterations && isTutorials(size),
  );
  return known?.sum;
}
