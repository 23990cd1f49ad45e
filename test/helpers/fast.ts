import type { Compute } from "../../shared/kernels/loaded.ts";
import { builtIn } from "./kernels.ts";

/** What every engine fills chunks with where this kernel has a fast twin. Throws where it has none. */
export function fastCompute(name: string): Compute {
  const { fast } = builtIn(name);
  if (!fast) throw new RangeError(`Expected a fast twin of ${name}, got none`);
  return fast;
}
