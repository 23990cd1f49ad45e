/** The kernels that the command line knows, and computes with on this machine. */

import { join } from "node:path";
import bytes from "#kernels.wasm";
import { withTwins } from "../../shared/kernels/fast.ts";
import { withFiles } from "../../shared/kernels/kernel-files.ts";
import { kernelsOf } from "../../shared/kernels/loader.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { compileLater } from "../../shared/kernels/wasm-kernels.ts";
import { DIST } from "../../tools/bundling/dist.ts";

/** For threads: compiled once, when first asked for. */
export const twins = compileLater(bytes);

/** Those in the program, by name. */
export const builtIns = withTwins(KERNELS, twins);

/** Where the kernels from users' files lie once they are built. */
export const KERNEL_FILES = join(DIST, "kernels");

export const kernels = withFiles(kernelsOf(builtIns), KERNEL_FILES);
