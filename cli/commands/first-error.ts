import { arrayShape, pointsOf } from "../../shared/array/grid.ts";
import { makeArray } from "../../shared/kernels/dtype.ts";
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import { namedAxes } from "../../shared/record/axis-names.ts";
import type { Job } from "../../shared/record/job.ts";
import { describeError } from "../../shared/validation/errors.ts";

/** What the kernel throws for the job's first cell; undefined where it throws nothing there. */
export function firstError({ declaration, compute }: LoadedKernel, { spec }: Job): string | undefined {
  const axes = namedAxes(spec, declaration).map((axis) => ({
    input: axis.input,
    values: pointsOf(axis, 0, 1),
  }));
  const { parameters, seed } = spec;
  const window = { parameters, axes, seed, from: axes.map(() => 0), shape: arrayShape(spec) };
  try {
    compute(
      window,
      spec.values.map(({ dtype }) => makeArray(dtype, 1)),
    );
    return undefined;
  } catch (error) {
    return describeError(error);
  }
}
