import { setTimeout as sleep } from "node:timers/promises";
import { layoutOf } from "../../shared/array/layout.ts";
import { isIdle } from "../../shared/ports/queue.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { listSegments } from "../../shared/record/segments.ts";
import type { Cloud } from "./cloud.ts";
import { queueDepth } from "./queue-depths.ts";
import { GetQueueAttributesCommand, StartMessageMoveTaskCommand } from "./sdk.ts";

const POLL_MS = 2000;
const MOVE_POLLS = 60;

/** Moves reports in the result queue's dead letters back to the result queue, and waits until those of the job are handled. Returns how many there were, those of other jobs with them. */
export async function redeliverReports(
  { clients: { sqs }, deployment, store }: Cloud,
  { jobId, spec }: StoredJob,
): Promise<number> {
  const { resultDeadLetters, resultQueue } = deployment;
  const { waiting } = await queueDepth(sqs, resultDeadLetters);
  if (waiting === 0) return 0;
  const [SourceArn, DestinationArn] = await Promise.all(
    [resultDeadLetters, resultQueue].map(async (QueueUrl) => {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
      );
      return Attributes?.QueueArn;
    }),
  );
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn }));
  // The queue is other jobs' too and may never be empty: enough was waited once all are moved and, of this job, no more
  // is being handled.
  let covered = -1;
  for (let polls = 0; polls < MOVE_POLLS; polls++) {
    const [dead, results] = await Promise.all([
      queueDepth(sqs, resultDeadLetters),
      queueDepth(sqs, resultQueue),
    ]);
    const { reports, failures } = await listSegments(store, jobId, layoutOf(spec).total);
    const now = reports.length + failures.length;
    if (dead.waiting === 0 && (isIdle(results) || now === covered)) break;
    covered = now;
    await sleep(POLL_MS);
  }
  return waiting;
}
