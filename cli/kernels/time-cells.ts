/** What a kernel's cells take, told from a few of them. */
import { arrayShape, lengthOf, pointsOf } from "../../shared/array/grid.ts";
import { Layout } from "../../shared/array/layout.ts";
import type { JobSpec } from "../../shared/array/spec.ts";
import { makeArray } from "../../shared/kernels/dtype.ts";
import type { LoadedKernel } from "../../shared/kernels/loaded.ts";
import type { Measured } from "../../shared/messages/job-request.ts";

/** The grid that the cells are of. */
export type TimedGrid = Pick<JobSpec, "parameters" | "axes" | "seed">;

const MOST_SAMPLES = 64;
/** A sample that takes less is lengthened: a call has a cost of its own, and clocks are coarse. */
const SAMPLE_MS = 1;
const MOST_RUN = 4096;
/** The fractional part of the golden ratio: each further sample falls into the largest gap. */
const GOLDEN = 0.6180339887498949;

/**
 * Computes short runs of neighbours along the last axis, spread over the grid, until `budgetMs` is over; undefined where each throws.
 * The first run is left out, in which the engine compiles, where there are others.
 */
export function timeCells(kernel: LoadedKernel, grid: TimedGrid, budgetMs: number): Measured | undefined {
  const shape = arrayShape(grid);
  const cells = new Layout(
    shape,
    shape.map(() => 1),
  );
  const last = shape.length - 1;
  const compute = kernel.fast ?? kernel.compute;
  const startedMs = performance.now();
  let run = 1;
  const seconds: number[] = [];
  for (let k = 0; k < MOST_SAMPLES && performance.now() - startedMs < budgetMs; k++) {
    const from = [...cells.chunk(Math.floor(((0.5 + k * GOLDEN) % 1) * cells.total)).coordinates];
    from[last] = Math.max(0, Math.min(from[last]!, shape[last]! - run));
    const length = Math.min(run, shape[last]!);
    const axes = grid.axes.map((axis, at) => ({
      input: axis.input ?? "",
      values: pointsOf(axis, from[at]!, from[at]! + (at === last ? length : 1)),
    }));
    const out = kernel.declaration.values.map(() => makeArray("float64", length));
    const beganMs = performance.now();
    try {
      compute({ ...grid, axes, from, shape }, out);
    } catch {
      continue;
    }
    const tookMs = performance.now() - beganMs;
    seconds.push(tookMs / 1000 / length);
    const isShort =
      tookMs < SAMPLE_MS && length === run && run < Math.min(MOST_RUN, lengthOf(grid.axes[last]!));
    if (!isShort) continue;
    run = Math.min(2 * run, MOST_RUN, shape[last]!);
    seconds.length = 0;
  }
  const counted = seconds.length > 1 ? seconds.slice(1) : seconds;
  if (counted.length === 0) return undefined;
  return {
    meanSeconds: counted.reduce((sum, each) => sum + each, 0) / counted.length,
    mostSeconds: counted.reduce((most, each) => Math.max(most, each)),
  };
}
