/** What a kernel's cells take, told from a few of them. */
import { arrayShape, pointsOf } from "../../shared/array/grid.ts";
import type { JobSpec } from "../../shared/array/spec.ts";
import { makeArray } from "../../shared/kernels/dtype.ts";
import type { LoadedKernel } from "../../shared/kernels/loaded.ts";
import type { Measured } from "../../shared/messages/job-request.ts";
import { type Clock, systemClock } from "../../shared/ports/clock.ts";

/** The grid that the cells are of. */
export type TimedGrid = Pick<JobSpec, "parameters" | "axes" | "seed">;

const MOST_SAMPLES = 64;
/** More samples are taken until then: short ones would be the engine's compiling, or another program's turn. */
const LEAST_MS = 50;
/** A sample that takes less is lengthened: a call has a cost of its own, and clocks are coarse. */
const SAMPLE_MS = 1;
const MOST_RUN = 4096;
/** Until then the engine compiles what it interprets at first. */
const WARM_SECONDS = 0.01;

interface TimingOptions {
  readonly told?: (soFar: Measured) => void;
  readonly clock?: Pick<Clock, "monotonicMs" | "cpuMs">;
}

/**
 * Computes short runs of neighbours along the last axis, spread over the grid, until `budgetMs` is over, and tells what is known after
 * each that is not soon over. Undefined where each throws.
 */
export function timeCells(
  kernel: LoadedKernel,
  grid: TimedGrid,
  budgetMs: number,
  { told, clock = systemClock }: TimingOptions = {},
): Measured | undefined {
  const shape = arrayShape(grid);
  const steps = spreadOver(shape.length);
  const last = shape.length - 1;
  const compute = kernel.fast ?? kernel.compute;
  const began = { ms: clock.monotonicMs(), cpuMs: clock.cpuMs() };
  const spentMs = () => clock.monotonicMs() - began.ms;
  const shareOfProcessor = () => Math.min(1, (clock.cpuMs() - began.cpuMs) / spentMs());
  let run = 1;
  const samples: Sample[] = [];
  for (let k = 0; spentMs() < (k < MOST_SAMPLES ? budgetMs : LEAST_MS); k++) {
    const from = shape.map((length, axis) => Math.floor(((0.5 + k * steps[axis]!) % 1) * length));
    from[last] = Math.max(0, Math.min(from[last]!, shape[last]! - run));
    const length = Math.min(run, shape[last]!);
    const axes = grid.axes.map((axis, at) => ({
      input: axis.input ?? "",
      values: pointsOf(axis, from[at]!, from[at]! + (at === last ? length : 1)),
    }));
    const out = kernel.declaration.values.map(() => makeArray("float64", length));
    const fromMs = clock.monotonicMs();
    try {
      compute({ ...grid, axes, from, shape }, out);
    } catch {
      continue;
    }
    const tookMs = clock.monotonicMs() - fromMs;
    const isShort = tookMs < SAMPLE_MS;
    if (isShort && length === run && run < Math.min(MOST_RUN, shape[last]!)) {
      run = Math.min(2 * run, MOST_RUN, shape[last]!);
      samples.length = 0;
    }
    samples.push({ seconds: tookMs / 1000, cells: length });
    if (!isShort) told?.(measuredBy(samples, shareOfProcessor()));
  }
  return samples.length === 0 ? undefined : measuredBy(samples, shareOfProcessor());
}

/**
 * The step along each axis, as a share of it, by which the points of a sequence are spread evenly over a box, however many are taken
 * (M. Roberts, The unreasonable effectiveness of quasirandom sequences, 2018).
 */
function spreadOver(axes: number): number[] {
  let ratio = 2; // the root of x^(axes + 1) = x + 1
  for (let k = 0; k < 50; k++) ratio = (1 + ratio) ** (1 / (axes + 1));
  return Array.from({ length: axes }, (_, axis) => ratio ** -(axis + 1));
}

interface Sample {
  readonly seconds: number;
  readonly cells: number;
}

/**
 * The first samples are left out, in which the engine compiles; half of them at the most. A busy machine makes no cell dearer: only the
 * share of the time counts in which this thread had a processor. (The thread's own clock is too coarse for one sample.)
 */
function measuredBy(samples: readonly Sample[], share: number): Measured {
  let warm = 0;
  let cold = 0;
  while (cold < Math.floor(samples.length / 2) && warm < WARM_SECONDS) warm += samples[cold++]!.seconds;
  const costs = samples.slice(cold).map(({ seconds, cells }) => (share * seconds) / cells);
  return {
    meanSeconds: costs.reduce((sum, each) => sum + each, 0) / costs.length,
    mostSeconds: costs.reduce((most, each) => Math.max(most, each)),
  };
}
