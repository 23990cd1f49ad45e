import { gridOf } from "../../shared/chunks.ts";
import { quoted, stackOption } from "../../shared/command-line.ts";
import { readSubmission } from "../../shared/control.ts";
import { InvalidInputError, TooLargeError } from "../../shared/errors.ts";
import { type StoredJob, StoredJobSchema } from "../../shared/job.ts";
import { jobKeys } from "../../shared/keys.ts";
import { show } from "../../shared/parse.ts";
import type { QueueDepth } from "../../shared/queues/queue.ts";
import { readStanding } from "../../shared/standing.ts";
import { getParsed, parsedOrNothing, type StoreReader } from "../../shared/stores/store.ts";
import type { Submission } from "../../shared/submission.ts";
import { type JobState, type Summary, SummarySchema } from "../../shared/summary.ts";
import type { Cloud } from "./cloud.ts";
import { queueDepth } from "./queue-depths.ts";

/** A job's state as its store tells it; before it ends it is being submitted, or running. */
export interface JobStatus {
  readonly jobId: string;
  readonly job: StoredJob;
  readonly state: JobState | "submitting" | "running";
  /** 0, and a higher one each time the job was resumed. */
  readonly round: number;
  readonly chunks: { readonly total: number; readonly done: number; readonly failed: number };
  readonly summary: Summary | undefined;
  /** True where the summary that lies there cannot be read: the job ended, and the aggregator can make it again. */
  readonly hasDamagedSummary: boolean;
  /** Undefined while it is being submitted. */
  readonly submission: Submission | undefined;
}

/** The job as it was submitted. Throws InvalidInputError where the bucket has no such job. */
export async function readRemoteJob({ store, deployment }: Cloud, jobId: string): Promise<StoredJob> {
  const job = await getParsed(store, jobKeys(jobId).job, StoredJobSchema);
  if (job) return job;
  throw noSuchJob(deployment, jobId);
}

export function noSuchJob({ stack, place }: Cloud["deployment"], jobId: string): InvalidInputError {
  return new InvalidInputError(
    "job",
    `one of stack ${stack} in ${place}`,
    show(jobId),
    `\`${["manyhands list", ...stackOption(stack).map(quoted)].join(" ")}\` shows them.`,
  );
}

/** The job of that id, or undefined where there is none, or none that this version can read. */
export async function findJob(store: StoreReader, jobId: string): Promise<StoredJob | undefined> {
  try {
    return await getParsed(store, jobKeys(jobId).job, StoredJobSchema);
  } catch (error) {
    if (error instanceof InvalidInputError || error instanceof TooLargeError) return undefined;
    throw error;
  }
}

/**
 * Where a job stands: a few small reads of the store, whatever the number of chunks. Throws InvalidInputError naming what
 * of the job's objects is damaged.
 */
export async function readStatus(store: StoreReader, job: StoredJob): Promise<JobStatus> {
  const { jobId } = job;
  const { total } = gridOf(job.spec);
  const [{ control, done, failed }, stored] = await Promise.all([
    readStanding(store, jobId, total),
    store.get(jobKeys(jobId).summary),
  ]);
  const latest = stored && parsedOrNothing(SummarySchema, stored);
  const { round, isCancelled } = control;
  const submission = await readSubmission(store, jobId, round);
  // That of an earlier round says nothing any more.
  const summary = latest?.round === round ? latest : undefined;
  const unfinished = isCancelled ? "cancelled" : submission ? "running" : "submitting";
  return {
    ...{ jobId, job, round, submission, summary, hasDamagedSummary: stored !== undefined && !latest },
    state: summary?.state ?? unfinished,
    chunks: summary?.chunks ?? { total, done, failed },
  };
}

/** The two queues that all jobs of a deployment share. */
export async function sharedQueues({
  clients: { sqs },
  deployment,
}: Pick<Cloud, "clients" | "deployment">): Promise<Readonly<Record<"chunks" | "results", QueueDepth>>> {
  const [chunks, results] = await Promise.all([
    queueDepth(sqs, deployment.chunkQueue),
    queueDepth(sqs, deployment.resultQueue),
  ]);
  return { chunks, results };
}
