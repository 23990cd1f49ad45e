/** The kernels that the command line knows, and computes with on this machine. */

import bytes from "#kernels.wasm";
import { withTwins } from "../../shared/kernels/fast.ts";
import { withFiles } from "../../shared/kernels/kernel-files.ts";
import { kernelsOf, type ThreadKernels } from "../../shared/kernels/loader.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { compileLater, type TwinsModule } from "../../shared/kernels/wasm-kernels.ts";
import { ENV } from "../../shared/validation/env.ts";
import { KERNEL_FILES } from "../../tools/bundling/dist.ts";

/** The compiled twins, made when first asked for. */
export const twins: TwinsModule = process.env[ENV.plain] ? () => undefined : compileLater(bytes);

/** Those in the program, by name. */
export const builtIns = withTwins(KERNELS, twins);

export const kernels = withFiles(kernelsOf(builtIns), KERNEL_FILES);

/** What threads make the same kernels of. Twins are compiled once, when first asked for; plain functions alone need none. */
export const forThreads = ({ isPlain = false } = {}): ThreadKernels => ({
  twins: isPlain ? undefined : twins(),
  files: KERNEL_FILES,
});
