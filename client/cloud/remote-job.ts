import { jobKeys } from "../../shared/ports/keys.ts";
import type { QueueDepth } from "../../shared/ports/queue.ts";
import { getParsed, type StoreReader } from "../../shared/ports/store.ts";
import { type StoredJob, StoredJobSchema } from "../../shared/record/job.ts";
import { quoted, stackOption } from "../../shared/validation/command-line.ts";
import { InvalidInputError, TooLargeError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import type { Cloud } from "./cloud.ts";
import { fleetOf } from "./deployment.ts";
import { queueDepth } from "./queue-depths.ts";

/** The submitted job. Throws InvalidInputError if the bucket has no such job. */
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

/** The job of that id, or undefined if there is none that this version can read. */
export async function findJob(store: StoreReader, jobId: string): Promise<StoredJob | undefined> {
  try {
    return await getParsed(store, jobKeys(jobId).job, StoredJobSchema);
  } catch (error) {
    if (error instanceof InvalidInputError || error instanceof TooLargeError) return undefined;
    throw error;
  }
}

/** The state of the two queues that the job shares with all others of a deployment; the one of chunks with those of its kernel's language. */
export async function sharedQueues(
  { clients: { sqs }, deployment }: Pick<Cloud, "clients" | "deployment">,
  job: Pick<StoredJob, "declaration">,
): Promise<Readonly<Record<"chunks" | "results", QueueDepth>>> {
  const [chunks, results] = await Promise.all([
    queueDepth(sqs, fleetOf(deployment, job).chunkQueue),
    queueDepth(sqs, deployment.resultQueue),
  ]);
  return { chunks, results };
}
