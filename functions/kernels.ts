/** The kernels that a stage computes with, as its handler's entry hands them over. */
import bytes from "#kernels.wasm";
import { withTwins } from "../shared/kernels/fast.ts";
import { kernelsOf } from "../shared/kernels/loader.ts";
import { KERNELS } from "../shared/kernels/registry.ts";
import { compileLater } from "../shared/kernels/wasm-kernels.ts";

/** For threads: compiled once, when first asked for. */
export const twins = compileLater(bytes);

export const kernels = kernelsOf(withTwins(KERNELS, twins));
