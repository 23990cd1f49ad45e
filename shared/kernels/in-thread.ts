import { withTwins } from "./fast.ts";
import { withFiles } from "./kernel-files.ts";
import { type Kernels, kernelsOf, type ThreadKernels } from "./loader.ts";
import { KERNELS } from "./registry.ts";

/** The kernels of a thread, of what its parent gave it. */
export function kernelsInThread({ twins, files }: ThreadKernels): Kernels {
  const builtIns = kernelsOf(withTwins(KERNELS, () => twins));
  return files === undefined ? builtIns : withFiles(builtIns, files);
}
