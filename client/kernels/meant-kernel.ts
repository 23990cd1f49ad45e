import { existsSync } from "node:fs";
import { extname } from "node:path";
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import { loadKernel } from "../../shared/plan/check-spec.ts";
import { quoted } from "../../shared/validation/command-line.ts";
import { asOwn, InvalidInputError } from "../../shared/validation/errors.ts";
import { didYouMean } from "../../shared/validation/nearest-name.ts";
import { show } from "../../shared/validation/parse.ts";
import type { BuildFileOptions } from "../../tools/kernels/build-file.ts";
import { KERNEL_ENDINGS } from "../../tools/kernels/read-source.ts";
import { builtIns, kernels } from "./loader.ts";
import { askedPython, notePython } from "./pythons.ts";

export { KERNEL_ENDINGS };

/** A kernel, and the absolute path of its file; undefined for one in the program. */
export interface MeantKernel {
  readonly kernel: LoadedKernel;
  readonly file?: string;
}

/** What a job computes that names none. */
export const DEFAULT_KERNEL = "mandelbrot";
/** Whether a user means a file and not a name. */
export const isKernelFile = (named: string): boolean =>
  /[\\/]/.test(named) || KERNEL_ENDINGS.includes(extname(named));

/** How a file becomes a kernel. */
export type FileOptions = Pick<BuildFileOptions, "onBuild" | "python">;

/** The kernel of that name, or of that file, which is built. Throws InvalidInputError. */
export async function kernelMeant(
  named = DEFAULT_KERNEL,
  { onBuild, python: interpreter = askedPython() }: FileOptions = {},
): Promise<MeantKernel> {
  if (!builtIns.has(named)) expectFile(named);
  if (!isKernelFile(named)) return { kernel: await loadKernel({ name: named }, kernels) };
  const { buildFile } = await import("../../tools/kernels/build-file.ts");
  try {
    const { name, hash, path, python } = await buildFile(named, { onBuild, python: interpreter });
    if (python) notePython(hash, { ...python, file: path });
    return { kernel: await loadKernel({ name, hash }, kernels), file: path };
  } catch (error) {
    throw asOwn(error);
  }
}

/** Throws InvalidInputError for what names neither a kernel nor a file, such as `bs` for `bs.ts`. */
function expectFile(named: string): void {
  const path = /[\\/]/.test(named) ? named : `./${named}`;
  const file = KERNEL_ENDINGS.map((ending) => path + ending).find((each) => existsSync(each));
  if (file === undefined && isKernelFile(named)) return;
  const names = [...builtIns.keys()];
  throw new InvalidInputError(
    "kernel",
    `one of ${names.join(", ")}, or a file's path with its ending`,
    show(named),
    file === undefined ? didYouMean(named, names) : `Did you mean ${quoted(file)}?`,
  );
}
