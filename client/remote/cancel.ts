import { setTimeout as sleep } from "node:timers/promises";
import { isIdle } from "../../shared/ports/queue.ts";
import { isUnattended } from "../../shared/record/attendance.ts";
import { cancelJob } from "../../shared/record/control.ts";
import { type JobStatus, readStatus } from "../../shared/record/job-status.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import type { Remote } from "./remote.ts";
import { readRemoteJob } from "./remote-job.ts";

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
 * beginning is stopped too. Waits a while for the workers, where there are any, then has the aggregator summarize what is stored. Throws
 * InvalidInputError if there is no such job, or it is complete.
 */
export async function cancelRemote(
  remote: Remote,
  jobId: string,
  patientPolls = PATIENT_POLLS,
): Promise<Cancelled> {
  const job = await readRemoteJob(remote, jobId);
  const { state, round } = await readStatus(remote.store, job);
  // A job that ended without some chunks may be about to be resumed.
  if (state === "complete")
    throw new InvalidInputError("job", "one that is running", `${jobId}, which is ${state}`);
  await cancelJob(remote.store, jobId, Date.now());
  const cancelledMs = performance.now();
  let isDrained = false;
  for (let polls = 0; polls < patientPolls && !isDrained; polls++) {
    if (polls > 0) await sleep(POLL_MS);
    const { chunks, results } = await remote.queues(job);
    isDrained = isIdle(chunks) && isIdle(results);
    if (isUnattended(chunks, performance.now() - cancelledMs, remote.countedMs)) break;
  }
  await remote.check({ jobId, round, turn: 0 });
  return { ...(await readStatus(remote.store, job)), isDrained };
}
