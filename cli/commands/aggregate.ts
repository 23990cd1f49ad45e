import { setTimeout as sleep } from "node:timers/promises";
import { type Cloud, withCloud } from "../../client/cloud/cloud.ts";
import { invokeCheck } from "../../client/cloud/invoke.ts";
import { queueDepth } from "../../client/cloud/queue-depths.ts";
import { readRemoteJob, sharedQueues } from "../../client/cloud/remote-job.ts";
import { GetQueueAttributesCommand, StartMessageMoveTaskCommand } from "../../client/cloud/sdk.ts";
import { CHECK_TURNS } from "../../functions/aggregator/check.ts";
import { layoutOf } from "../../shared/array/layout.ts";
import { jobIdOf } from "../../shared/messages/job-id.ts";
import { isEmpty, isIdle } from "../../shared/ports/queue.ts";
import { readControl } from "../../shared/record/control.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { readStatus } from "../../shared/record/job-status.ts";
import { listSegments } from "../../shared/record/segments.ts";
import { count, counted } from "../../shared/validation/counted.ts";
import { EXIT_CODES, exitCodeOfJob } from "../terminal/exit-codes.ts";
import { jsonLine } from "../terminal/text.ts";

export interface AggregateOptions {
  readonly stack: string;
  readonly json?: boolean;
}

const POLL_MS = 2000;
const MOVE_POLLS = 60;

/**
 * `manyhands aggregate`: delivers reports that used up their attempts once more, and lets the aggregator settle the job
 * from what lies in the store. Returns the exit code that the job's state has.
 */
export async function aggregateJob(jobId: string, { stack, json }: AggregateOptions): Promise<number> {
  const id = jobIdOf(jobId);
  return withCloud(stack, async (cloud) => {
    const job = await readRemoteJob(cloud, id);
    const moved = await replayDeadReports(cloud, job);
    const { chunks } = await sharedQueues(cloud, job);
    // Only if nothing is on its way any more may chunks without a report be declared lost.
    const turn = isEmpty(chunks) ? CHECK_TURNS - 1 : 0;
    const { round } = await readControl(cloud.store, id);
    await invokeCheck(cloud, { jobId: id, round, turn });
    const { state, chunks: counts, summary } = await readStatus(cloud.store, job);
    if (json) process.stdout.write(jsonLine({ jobId: id, state, chunks: counts, moved }));
    else {
      const replayed =
        moved > 0 ? `, after ${counted(moved, "message")} of dead reports were delivered again` : "";
      process.stdout.write(
        `${id}: ${state}, ${count(counts.done)} of ${counted(counts.total, "chunk")} stored, ${count(counts.failed)} failed${replayed}\n`,
      );
    }
    if (summary) return exitCodeOfJob(summary);
    return state === "cancelled" ? EXIT_CODES.cancelled : 0;
  });
}

/** Reports in the result queue's dead letters go back to the result queue; those of other jobs with them. */
async function replayDeadReports(
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
