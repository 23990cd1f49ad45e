import { setTimeout as sleep } from "node:timers/promises";
import { isIdle } from "../../shared/ports/queue.ts";
import type { Store, StoreReader } from "../../shared/ports/store.ts";
import { cancelJob } from "../../shared/record/control.ts";
import { type JobStatus, readStatus } from "../../shared/record/job-status.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import type { Cloud } from "./cloud.ts";
import { invokeCheck } from "./invoke.ts";
import { readRemoteJob, sharedQueues } from "./remote-job.ts";
import { PutObjectCommand } from "./sdk.ts";

const POLL_MS = 1000;
/** Chunks that are being computed may finish: a message is about ten seconds of work. */
const PATIENT_POLLS = 20;

/** A job's state after it was cancelled. */
export interface Cancelled extends JobStatus {
  /** True once no queue holds any message, so none of this job's either. */
  readonly isDrained: boolean;
}

/**
 * Stops a job: workers begin none of its messages from now on, and finish the one they have. A resumption that is just
 * beginning is stopped too. Waits a while for the workers, then has the aggregator summarize what is stored. Throws
 * InvalidInputError if there is no such job, or it is complete.
 */
export async function cancelRemote(
  cloud: Cloud,
  jobId: string,
  patientPolls = PATIENT_POLLS,
): Promise<Cancelled> {
  const job = await readRemoteJob(cloud, jobId);
  const { state, round } = await readStatus(cloud.store, job);
  // A job that ended without some chunks may be about to be resumed.
  if (state === "complete")
    throw new InvalidInputError("job", "one that is running", `${jobId}, which is ${state}`);
  await cancelJob(storeOf(cloud), jobId, Date.now());
  let isDrained = false;
  for (let polls = 0; polls < patientPolls && !isDrained; polls++) {
    if (polls > 0) await sleep(POLL_MS);
    const { chunks, results } = await sharedQueues(cloud, job);
    isDrained = isIdle(chunks) && isIdle(results);
  }
  await invokeCheck(cloud, { jobId, round, turn: 0 });
  return { ...(await readStatus(cloud.store, job)), isDrained };
}

function storeOf({ clients, deployment, store }: Cloud): StoreReader & Pick<Store, "put"> {
  return {
    get: (key) => store.get(key),
    list: (prefix) => store.list(prefix),
    put: async (Key, Body) => {
      await clients.s3.send(new PutObjectCommand({ Bucket: deployment.bucket, Key, Body }));
    },
  };
}
