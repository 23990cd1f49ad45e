/** The kernels that the command line knows, and computes with on this machine. */
import bytes from "#kernels.wasm";
import { withTwins } from "../../shared/kernels/fast.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { compileLater } from "../../shared/kernels/wasm-kernels.ts";

/** For threads: compiled once, when first asked for. */
export const twins = compileLater(bytes);

export const kernels = withTwins(KERNELS, twins);
