/** What began a job: chunks that another kernel adds may have other values, and nothing would tell. */

import BUILD from "#build";
import type { KernelName } from "../kernels/loader.ts";
import type { MadeBy, StoredJob } from "../record/job.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { show } from "../validation/parse.ts";
import { printable } from "../validation/printable.ts";

/** What this program writes into a job. */
export function madeBy(path?: string): MadeBy {
  return { version: BUILD.version, ...(path !== undefined && { path }) };
}

/** Characters of a hash that a sentence shows. */
const SHOWN = 16;

const GO_ON = "Their cells may differ: `manyhands resume` with --force goes on all the same.";

/**
 * Throws InvalidInputError, with a hint for what was asked, where the job's cells were computed by another version of the kernel. A job whose spec names no hash
 * is of a former release, which had the built-in kernels only: their bits are the same since, as golden tests hold. (Those jobs
 * noted a hash of the kernel's sources elsewhere; sources that are written in another way have another one.)
 */
export function expectSameKernel(
  { jobId, spec }: Pick<StoredJob, "jobId" | "spec">,
  { name, hash }: KernelName,
  hint = GO_ON,
): void {
  const before = spec.hash;
  if (before === undefined || hash === undefined || before === hash) return;
  throw new InvalidInputError(
    "job",
    `one that kernel ${name} began as it is now (${hash.slice(0, SHOWN)})`,
    `${show(jobId)}, begun by another version of it (${printable(before.slice(0, SHOWN))})`,
    hint,
  );
}
