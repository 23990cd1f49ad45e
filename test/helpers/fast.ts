import { kernels } from "../../cli/kernels/loader.ts";
import type { Kernel } from "../../shared/kernels/kernel.ts";

/** What every engine fills chunks with where this kernel has a fast twin. Throws where it has none. */
export function fastCompute<Name extends string>({ name }: Kernel<Name>): Kernel["compute"] {
  const fast = kernels.get(name)?.fast;
  if (!fast) throw new RangeError(`Expected a fast twin of ${name}, got none`);
  return fast;
}
