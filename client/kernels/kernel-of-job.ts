import { existsSync } from "node:fs";
import type { Declaration } from "../../shared/kernels/declaration.ts";
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import { loadKernel } from "../../shared/plan/check-spec.ts";
import { expectSameKernel } from "../../shared/plan/made-by.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { printable } from "../../shared/validation/printable.ts";
import { kernels } from "./loader.ts";
import { type FileOptions, kernelMeant } from "./meant-kernel.ts";

export interface KernelOptions extends FileOptions {
  /** The path of the kernel's file, if it is not where it was. */
  readonly kernel?: string | undefined;
}

interface Purpose {
  /** For verification the kernel is compared with, and not added to, what is stored. */
  readonly toVerify?: boolean;
  /** Another version will do. */
  readonly force?: boolean | undefined;
}

/**
 * The kernel that a job began with: in the program, or built again from its file. Throws InvalidInputError, with both hashes where it
 * is another one by now.
 */
export async function kernelOfJob(
  job: StoredJob,
  { kernel: elsewhere, onBuild, python, force, toVerify }: KernelOptions & Purpose,
): Promise<LoadedKernel> {
  const path = elsewhere ?? job.madeBy?.path;
  if (path !== undefined && elsewhere === undefined && !existsSync(path))
    throw new InvalidInputError(
      "the kernel's file",
      "where it was when the job began",
      `nothing at ${printable(path)}`,
      "--kernel names where it is now.",
    );
  const found =
    path === undefined
      ? await loadKernel({ name: job.spec.kernel }, kernels)
      : (await kernelMeant(path, { onBuild, python })).kernel;
  if (force) expectSameNames(job, found);
  else expectSameKernel(job, found, toVerify ? verifyHint(job, path) : undefined);
  return found;
}

/** Another version may compute otherwise, and has the same inputs and values: a kernel with others is not one. */
function expectSameNames(job: StoredJob, { name, declaration }: LoadedKernel): void {
  const namesOf = ({ inputs, values }: Declaration) =>
    `the inputs ${Object.keys(inputs).join(", ") || "none"} and the values ${values.map((value) => value.name ?? "value").join(", ") || "none"}`;
  if (!job.declaration) return; // an early version, with built-in kernels only, began it
  const [ofJob, ofKernel] = [namesOf(job.declaration), namesOf(declaration)];
  if (ofJob !== ofKernel)
    throw new InvalidInputError(
      "the kernel",
      `one with ${ofJob}, as job ${job.jobId} has them`,
      `${name}, with ${ofKernel}`,
    );
}

function verifyHint({ madeBy }: StoredJob, path: string | undefined): string {
  const only = "What is stored can be compared with that version alone:";
  if (path !== undefined) return `${only} put the file back as it was, or name such a file with --kernel.`;
  return `${only} use the manyhands that began it${madeBy ? ` (${printable(madeBy.version)})` : ""}.`;
}
