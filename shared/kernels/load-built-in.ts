/** From a kernel of the program, as its author wrote it, to one that is ready to compute. */
import BUILD from "#build";
import type { KernelSource } from "./authoring.ts";
import { declare } from "./declare.ts";
import type { LoadedKernel } from "./loaded.ts";
import type { BuiltIn } from "./registry.ts";
import { fillByWindows } from "./window-driver.ts";

/** `fast` is its twin: the same bits, sooner. */
export function loadBuiltIn(kernel: BuiltIn, fast?: KernelSource["fill"]): LoadedKernel {
  const { name, declaration } = declare(kernel, kernel.name);
  const { work, size } = kernel;
  return {
    name,
    hash: Object.hasOwn(BUILD.kernels, name) ? BUILD.kernels[name] : undefined,
    declaration,
    compute: fillByWindows(kernel.fill as never, declaration, kernel.values !== undefined),
    fast: fast && fillByWindows(fast as never, declaration),
    work,
    size,
  };
}
