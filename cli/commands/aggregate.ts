import { remoteMeant } from "../../client/engines/engines.ts";
import type { JobPlace } from "../../client/jobs/job-store.ts";
import { readRemoteJob } from "../../client/remote/remote-job.ts";
import { CHECK_TURNS } from "../../functions/aggregator/check.ts";
import { jobIdOf } from "../../shared/messages/job-id.ts";
import { isEmpty } from "../../shared/ports/queue.ts";
import { readControl } from "../../shared/record/control.ts";
import { readStatus } from "../../shared/record/job-status.ts";
import { count, counted } from "../../shared/validation/counted.ts";
import { EXIT_CODES, exitCodeOfJob } from "../terminal/exit-codes.ts";
import { jsonLine } from "../terminal/text.ts";

export interface AggregateOptions extends JobPlace {
  readonly json?: boolean;
}

/**
 * `manyhands aggregate`: delivers reports that used up their attempts once more, and lets the aggregator settle the job
 * from what lies in the store. Returns the exit code that the job's state has.
 */
export async function aggregateJob(jobId: string, { json, ...place }: AggregateOptions): Promise<number> {
  const id = jobIdOf(jobId);
  return remoteMeant(place).withRemote(place, async (remote) => {
    const job = await readRemoteJob(remote, id);
    const moved = await remote.redeliver(job);
    const { chunks } = await remote.queues(job);
    // Only if nothing is on its way any more may chunks without a report be declared lost.
    const turn = isEmpty(chunks) ? CHECK_TURNS - 1 : 0;
    const { round } = await readControl(remote.store, id);
    await remote.check({ jobId: id, round, turn });
    const { state, chunks: counts, summary } = await readStatus(remote.store, job);
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
