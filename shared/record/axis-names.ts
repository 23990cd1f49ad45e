import type { JobSpec } from "../array/spec.ts";
import { type Declaration, isSweptByDefault } from "../kernels/declaration.ts";

/**
 * A spec's axes with the inputs that they sweep. Those of jobs before axes had names are the last that the kernel sweeps by
 * default.
 */
export function namedAxes({ axes }: Pick<JobSpec, "axes">, { inputs }: Declaration) {
  const swept = Object.keys(inputs).filter((name) => isSweptByDefault(inputs[name]!));
  return axes.map((axis, k) => ({
    ...axis,
    input: axis.input ?? swept[swept.length - axes.length + k] ?? "",
  }));
}
