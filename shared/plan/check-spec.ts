import { type Excess, excessOf } from "../array/job-limits.ts";
import type { JobSpec } from "../array/spec.ts";
import type { Dtype, Kernel, Registry } from "../kernels/kernel.ts";
import type { Kernels, LoadedKernel } from "../kernels/loader.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { didYouMean } from "../validation/nearest-name.ts";
import { show } from "../validation/parse.ts";

/**
 * Checks of a spec that came in a message, and of whose kernel this is, all that its schema cannot say.
 * Throws InvalidInputError: a message never chooses more than the kernel and the limits offer.
 */
export function checkSpec(spec: JobSpec, kernel: Kernel): void {
  resolveParameters(kernel, spec.parameters);
  for (const name of Object.keys(kernel.parameters)) {
    if (!Object.hasOwn(spec.parameters, name))
      throw new InvalidInputError(`parameters.${name}`, "given", "nothing");
  }
  resolveDtype(kernel, spec.parameters, spec.dtype);
  refuse(excessOf(spec));
}

/** The kernel of that name. Throws InvalidInputError, which names the nearest one, and what the loader throws. */
export async function loadKernel(name: string, kernels: Kernels): Promise<LoadedKernel> {
  return (await kernels.get(name)) ?? refuseName(name, kernels);
}

/** As `loadKernel`, among kernels that are loaded already. Throws InvalidInputError. */
export function findKernel(name: string, kernels: Registry): LoadedKernel {
  return kernels.get(name) ?? refuseName(name, kernels);
}

function refuseName(name: string, kernels: Kernels): never {
  const known = [...kernels.keys()];
  throw new InvalidInputError("kernel", `one of ${known.join(", ")}`, show(name), didYouMean(name, known));
}

/** Every parameter of the kernel, checked against its bounds, in the kernel's own order; `field` names them. */
export function resolveParameters(
  kernel: Kernel,
  given: Readonly<Record<string, number>>,
  field = (name: string) => `parameters.${name}`,
): Record<string, number> {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(kernel.parameters, name)) continue;
    const known = Object.keys(kernel.parameters);
    throw new InvalidInputError(
      "parameters",
      `among those of ${kernel.name} (${known.join(", ")})`,
      show(name),
      didYouMean(name, known),
    );
  }
  return Object.fromEntries(
    Object.entries(kernel.parameters).map(([name, spec]) => {
      const value = (given[name] ?? spec.default) + 0; // JSON has no negative zero
      const within = value >= spec.minimum && value <= spec.maximum;
      if (!within || (spec.integer && !Number.isInteger(value))) {
        const kind = spec.integer ? "a whole number" : "a number";
        throw new InvalidInputError(
          field(name),
          `${kind} from ${spec.minimum} to ${spec.maximum}`,
          show(value),
        );
      }
      return [name, value];
    }),
  );
}

/** The element type asked for, or for `auto` the one that the kernel prefers. */
export function resolveDtype(
  kernel: Kernel,
  parameters: Record<string, number>,
  dtype: Dtype | "auto",
): Dtype {
  const allowed = kernel.dtypes(parameters);
  if (dtype === "auto") return allowed[0] ?? "float64";
  if (allowed.includes(dtype)) return dtype;
  throw new InvalidInputError(
    "dtype",
    `${allowed.join(" or ")} for ${kernel.name} with these parameters`,
    dtype,
  );
}

/** Throws InvalidInputError where there is an excess; it names the fields as a request does. */
export function refuse(excess: Excess | undefined): void {
  if (!excess) return;
  const { field, expected, received } = excess;
  throw new InvalidInputError(field === "axes" ? "grid" : "chunk", expected, received.join(" x "));
}
