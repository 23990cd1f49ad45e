/** Tells the world outside that a job has ended. */
import type { JobEnded } from "../../shared/messages/job-ended.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { isAnnounced, markAnnounced } from "../../shared/record/control.ts";
import { readSummary, type Summary } from "../../shared/record/summary.ts";
import type { AggregatePorts } from "./ports.ts";

/**
 * Announces the end that the job's summary tells, unless that was done before. The mark is written after the event was
 * taken: who dies between the two announces it once more, and who dies before them leaves it to the job's next report
 * or check, neither of which is acknowledged without.
 */
export async function announceEnd(
  jobId: string,
  { store, clock, announce }: Pick<AggregatePorts, "store" | "clock" | "announce">,
): Promise<void> {
  if (!announce) return;
  const summary = await readSummary(store, jobId);
  if (!summary || (await isAnnounced(store, summary))) return;
  await announce(endOf(summary));
  await markAnnounced(store, summary, clock.epochMs());
}

function endOf(summary: Summary): Omit<JobEnded, "bucket"> {
  const { jobId, state, tolerated, round, spec, chunks, items, submittedAtMs, makespanMs } = summary;
  return {
    ...{
      version: 1,
      jobId,
      state,
      tolerated,
      round,
      kernel: spec.kernel,
      summaryKey: jobKeys(jobId).summary,
    },
    chunks,
    ...(items && { items: { total: items.total, given: items.given, failed: items.failed } }),
    ...{ submittedAtMs, makespanMs },
  };
}
