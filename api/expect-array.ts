import { isMap } from "../shared/array/spec.ts";
import type { Job } from "../shared/record/job.ts";
import { InvalidInputError } from "../shared/validation/errors.ts";

/** Throws InvalidInputError where the job maps a task over items, and so has no array for the command. */
export function expectArray(
  { jobId, spec }: Pick<Job, "jobId" | "spec">,
  command: string,
  hint?: string,
): void {
  if (!isMap(spec)) return;
  throw new InvalidInputError(
    "job",
    `one with an array, for \`${command}\``,
    `${jobId}, which maps a task over items`,
    hint,
  );
}
