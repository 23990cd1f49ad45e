/** Which manyhands began a job: chunks that another one adds may have other values, and nothing would tell. */

import BUILD from "#build";
import type { Build } from "../build/build.ts";
import type { MadeBy } from "../record/job.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { show } from "../validation/parse.ts";

interface MadeJob {
  readonly jobId: string;
  readonly spec: { readonly kernel: string };
  readonly madeBy?: MadeBy | undefined;
}

/** What this program writes into a job of that kernel. */
export function madeBy(kernel: string, { version, kernels }: Build = BUILD): MadeBy {
  const hash = Object.hasOwn(kernels, kernel) ? kernels[kernel] : undefined;
  return { version, ...(hash !== undefined && { kernel: hash }) };
}

/**
 * Throws InvalidInputError where another version of manyhands, or of the kernel, began the job. One that does not say, as
 * jobs before there was such a note, may have been begun by this one.
 */
export function expectSameMaker({ jobId, spec, madeBy: before }: MadeJob, build?: Build): void {
  if (!before) return;
  const now = madeBy(spec.kernel, build);
  const isSameKernel =
    now.kernel === before.kernel || now.kernel === undefined || before.kernel === undefined;
  if (now.version === before.version && isSameKernel) return;
  const described = ({ version, kernel = "unknown" }: MadeBy) =>
    `version ${version} with sources ${kernel} of kernel ${spec.kernel}`;
  throw new InvalidInputError(
    "job",
    `one that this manyhands began (${described(now)})`,
    `${show(jobId)}, begun by ${show(described(before))}`,
    "Chunks of the two may differ: `manyhands resume` with --force goes on all the same.",
  );
}
