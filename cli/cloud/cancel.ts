import { setTimeout as sleep } from "node:timers/promises";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { writeCancelled } from "../../shared/control.ts";
import { InvalidInputError } from "../../shared/errors.ts";
import type { Store } from "../../shared/stores/store.ts";
import type { Cloud } from "./cloud.ts";
import { invokeCheck } from "./invoke.ts";
import { isIdle } from "./queue-depths.ts";
import { type JobStatus, readRemoteJob, readStatus, sharedQueues } from "./remote-job.ts";

const POLL_MS = 1000;
/** What runs may finish: a message is about ten seconds of work. */
const PATIENT_POLLS = 20;

/**
 * Stops a job: no message of it is begun from now on, what runs may finish. Waits a while for that, and has the aggregator
 * sum up what there is. Throws InvalidInputError where there is no such job, or it has ended.
 */
export async function cancelRemote(cloud: Cloud, jobId: string): Promise<JobStatus> {
  const job = await readRemoteJob(cloud, jobId);
  const { state, round } = await readStatus(cloud.store, job);
  if (state !== "running" && state !== "submitting" && state !== "cancelled")
    throw new InvalidInputError("job", "one that is running", `${jobId}, which is ${state}`);
  await writeCancelled(bucketOf(cloud), jobId, round, Date.now());
  for (let polls = 0; polls < PATIENT_POLLS; polls++) {
    const { chunks, results } = await sharedQueues(cloud);
    if (isIdle(chunks) && isIdle(results)) break;
    await sleep(POLL_MS);
  }
  await invokeCheck(cloud, { jobId, round, turn: 0 });
  return readStatus(cloud.store, job);
}

function bucketOf({ clients, deployment }: Cloud): Pick<Store, "put"> {
  return {
    put: async (Key, Body) => {
      await clients.s3.send(new PutObjectCommand({ Bucket: deployment.bucket, Key, Body }));
    },
  };
}
