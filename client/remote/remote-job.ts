import { jobKeys } from "../../shared/ports/keys.ts";
import { getParsed, type StoreReader } from "../../shared/ports/store.ts";
import { type StoredJob, StoredJobSchema } from "../../shared/record/job.ts";
import { quoted } from "../../shared/validation/command-line.ts";
import { InvalidInputError, TooLargeError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import type { Remote } from "./remote.ts";

/** The submitted job. Throws InvalidInputError if the store has no such job. */
export async function readRemoteJob(
  { store, site }: Pick<Remote, "store" | "site">,
  jobId: string,
): Promise<StoredJob> {
  const job = await getParsed(store, jobKeys(jobId).job, StoredJobSchema);
  if (job) return job;
  throw noSuchJob(site, jobId);
}

export function noSuchJob({ place, options }: Remote["site"], jobId: string): InvalidInputError {
  return new InvalidInputError(
    "job",
    `one of ${place}`,
    show(jobId),
    `\`${["manyhands list", ...options.map(quoted)].join(" ")}\` shows them.`,
  );
}

/** The job of that id, or undefined if there is none that this version can read. */
export async function findJob(store: StoreReader, jobId: string): Promise<StoredJob | undefined> {
  try {
    return await getParsed(store, jobKeys(jobId).job, StoredJobSchema);
  } catch (error) {
    if (error instanceof InvalidInputError || error instanceof TooLargeError) return undefined;
    throw error;
  }
}
