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

type Begun = Pick<StoredJob, "jobId" | "spec" | "madeBy">;

/**
 * Throws InvalidInputError where the job's cells were computed by another version of the kernel. A job that does not say, as
 * jobs before there was such a note, may have been begun by this one.
 */
export function expectSameKernel({ jobId, spec, madeBy }: Begun, { name, hash }: KernelName): void {
  const before = spec.hash ?? madeBy?.kernel;
  if (before === undefined || hash === undefined || before === hash) return;
  throw new InvalidInputError(
    "job",
    `one that kernel ${name} began as it is now (${hash.slice(0, SHOWN)})`,
    `${show(jobId)}, begun by another version of it (${printable(before.slice(0, SHOWN))})`,
    "Their cells may differ: `manyhands resume` with --force goes on all the same.",
  );
}
