/** The kernels that a stage computes with, as its handler's entry hands them over. */

import { join } from "node:path";
import bytes from "#kernels.wasm";
import { withTwins } from "../shared/kernels/fast.ts";
import { withFiles } from "../shared/kernels/kernel-files.ts";
import { kernelsOf, type ThreadKernels } from "../shared/kernels/loader.ts";
import { KERNELS } from "../shared/kernels/registry.ts";
import { compileLater, type TwinsModule } from "../shared/kernels/wasm-kernels.ts";
import { ENV } from "../shared/validation/env.ts";

const twins: TwinsModule = process.env[ENV.plain] ? () => undefined : compileLater(bytes);

/** Where kernels from files lie: beside the bundle in a function's zip; a local engine names a folder. */
export const files = process.env[ENV.kernelFiles] ?? join(__dirname, "kernels");

export const kernels = withFiles(kernelsOf(withTwins(KERNELS, twins)), files);

/** Lambdas of a queue are alike; a standing worker is told that its fellows are not. */
export const others = process.env[ENV.others] === "unlike" ? "unlike" : "alike";

/** What threads make the same kernels of; twins are compiled once, when first asked for. */
export const forThreads = (): ThreadKernels => ({ twins: twins(), files });
