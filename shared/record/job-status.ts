import { layoutOf } from "../array/layout.ts";
import { jobKeys } from "../ports/keys.ts";
import { parsedOrNothing, type StoreReader } from "../ports/store.ts";
import { readSubmission } from "./control.ts";
import type { StoredJob } from "./job.ts";
import { type Lacking, readLacking } from "./lacking.ts";
import { readLimit } from "./limit.ts";
import { readStanding } from "./standing.ts";
import type { Submission } from "./submission.ts";
import { type JobState, type Summary, SummarySchema } from "./summary.ts";

/**
 * A job's state by its store. Before its end it is being submitted, or running, or (in a folder without a live process)
 * unfinished.
 */
export interface JobStatus {
  readonly jobId: string;
  readonly job: StoredJob;
  readonly state: JobState | "submitting" | "running" | "unfinished";
  /** 0 at first, and one more each time the job is resumed. */
  readonly round: number;
  readonly chunks: { readonly total: number; readonly done: number; readonly failed: number };
  readonly summary: Summary | undefined;
  /** What all its rounds may cost (USD). */
  readonly maxUsd: number | undefined;
  /** True if the stored summary cannot be read: the job has ended, and the aggregator can write it again. */
  readonly hasDamagedSummary: boolean;
  /** Undefined while the job is being submitted. */
  readonly submission: Submission | undefined;
  /** The latest worker that lacked the job's kernel and left its messages to others, before the job's end; undefined where none did. */
  readonly lacking?: Lacking | undefined;
}

/**
 * Reads a job's state: a few small reads of the store, whatever the number of chunks. Throws InvalidInputError that
 * names the damaged object, and NewerVersionError.
 */
export async function readStatus(store: StoreReader, job: StoredJob): Promise<JobStatus> {
  const { jobId } = job;
  const { total } = layoutOf(job.spec);
  const key = jobKeys(jobId).summary;
  const [{ control, done, failed }, stored] = await Promise.all([
    readStanding(store, jobId, total),
    store.get(key),
  ]);
  const latest = stored && parsedOrNothing(SummarySchema, stored, key);
  const { round, isCancelled } = control;
  const submission = await readSubmission(store, jobId, round);
  // A summary of an earlier round does not count any more.
  const summary = latest?.round === round ? latest : undefined;
  const lacking = summary || isCancelled ? undefined : await readLacking(store, jobId);
  const maxUsd =
    job.maxUsd === undefined ? undefined : ((await readLimit(store, jobId))?.maxUsd ?? job.maxUsd);
  const unfinished = isCancelled ? "cancelled" : submission ? "running" : "submitting";
  return {
    ...(lacking && { lacking }),
    ...{ jobId, job, round, submission, summary, maxUsd, hasDamagedSummary: stored !== undefined && !latest },
    state: summary?.state ?? unfinished,
    chunks: summary?.chunks ?? { total, done, failed },
  };
}
