import type { JobSpec } from "../array/spec.ts";
import { type Declaration, type InputValue, isSweptByDefault } from "../kernels/declaration.ts";

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

/** The inputs that a spec holds fixed; of those that an old job says nothing of, the kernel's defaults. */
export function fixedInputs(
  spec: Pick<JobSpec, "axes" | "parameters">,
  declaration: Declaration,
): Record<string, InputValue> {
  const swept = namedAxes(spec, declaration).map(({ input }) => input);
  const fixed = { ...spec.parameters };
  for (const [name, { default: value }] of Object.entries(declaration.inputs))
    if (value !== undefined && !Object.hasOwn(fixed, name) && !swept.includes(name)) fixed[name] = value;
  return fixed;
}
