import { arrayShape, lengthOf, pointsOf } from "../../shared/array/grid.ts";
import { elementsIn } from "../../shared/array/layout.ts";
import { makeArray } from "../../shared/kernels/dtype.ts";
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import { type Difference, firstDifference, sampled } from "../../shared/kernels/twin-difference.ts";
import { namedAxes } from "../../shared/record/axis-names.ts";
import type { Job } from "../../shared/record/job.ts";

/** Cells that are compared, and the time (s) that the plain function may take for them. */
const MOST_CELLS = 500;
const MOST_SECONDS = 2;

/** The first of some of the job's cells that the kernel's fast twin computes otherwise; undefined without a twin too. Throws what they throw. */
export function twinDifference(
  { declaration, compute, fast }: LoadedKernel,
  job: Job,
): Difference | undefined {
  if (!fast) return undefined;
  const { spec, measured } = job;
  const cells = measured
    ? Math.min(MOST_CELLS, Math.max(1, MOST_SECONDS / measured.meanSeconds))
    : MOST_CELLS;
  const axes = namedAxes(spec, declaration).map((axis) => ({
    input: axis.input,
    values: pointsOf(axis, 0, lengthOf(axis)),
  }));
  const { parameters, seed } = spec;
  const window = sampled({ parameters, axes, seed, from: axes.map(() => 0), shape: arrayShape(spec) }, cells);
  const length = elementsIn(window.axes.map(({ values }) => values.length));
  return firstDifference({ declaration, compute, fast }, window, () =>
    spec.values.map(({ dtype }) => makeArray(dtype, length)),
  );
}
