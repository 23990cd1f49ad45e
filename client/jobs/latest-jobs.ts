import { jobKeys } from "../../shared/ports/keys.ts";
import { inLanes } from "../../shared/ports/lanes.ts";
import { getParsed, type StoreReader } from "../../shared/ports/store.ts";
import { StoredJobSchema } from "../../shared/record/job.ts";
import { readStatus } from "../../shared/record/job-status.ts";
import { describeError, isPermanent, NewerVersionError } from "../../shared/validation/errors.ts";
import type { Listed, Listing, Unread } from "./job-store.ts";

const AT_ONCE = 16;

export const isUnread = (found: object): found is Unread => "damaged" in found || "newer" in found;

/** The latest `most` of these jobs. A damaged one is listed as damaged, and the others are listed all the same. */
export async function latestJobs(
  store: StoreReader,
  ids: readonly string[],
  most: number,
): Promise<Pick<Listing, "latest" | "older">> {
  const jobs = await inLanes(ids, AT_ONCE, (jobId) =>
    orUnread(jobId, () => getParsed(store, jobKeys(jobId).job, StoredJobSchema)),
  );
  const known = jobs
    .filter((job) => job !== undefined)
    .sort((a, b) => (isUnread(b) ? 0 : b.submittedAtMs) - (isUnread(a) ? 0 : a.submittedAtMs));
  const latest: Listed[] = await inLanes(known.slice(0, most), AT_ONCE, async (job) =>
    isUnread(job) ? job : orUnread(job.jobId, () => readStatus(store, job)),
  );
  return { latest, older: known.length - latest.length };
}

async function orUnread<Found>(jobId: string, read: () => Promise<Found>): Promise<Found | Unread> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof NewerVersionError) return { jobId, newer: describeError(error) };
    if (isPermanent(error)) return { jobId, damaged: describeError(error) };
    throw error;
  }
}
