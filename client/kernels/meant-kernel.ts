import { extname } from "node:path";
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import { loadKernel } from "../../shared/plan/check-spec.ts";
import { kernels } from "./loader.ts";

/** A kernel, and the absolute path of its file; undefined for one in the program. */
export interface MeantKernel {
  readonly kernel: LoadedKernel;
  readonly file?: string;
}

const DEFAULT_KERNEL = "mandelbrot";
const FILES = /^\.([mc]?[jt]s|wasm)$/;

/** Whether a user means a file and not a name. */
export const isKernelFile = (named: string): boolean => /[\\/]/.test(named) || FILES.test(extname(named));

/** The kernel of that name, or of that file, which is built. Throws InvalidInputError. */
export async function kernelMeant(named = DEFAULT_KERNEL, onBuild?: () => void): Promise<MeantKernel> {
  if (!isKernelFile(named)) return { kernel: await loadKernel({ name: named }, kernels) };
  const { buildFile } = await import("../../tools/kernels/build-file.ts");
  const { name, hash, path } = await buildFile(named, onBuild);
  return { kernel: await loadKernel({ name, hash }, kernels), file: path };
}
