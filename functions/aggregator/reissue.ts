import { chunkMessage } from "../../shared/messages/chunk-message.ts";
import { type Control, readChunkSet, writeReissue } from "../../shared/record/control.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { type AggregatePorts, chunksOf } from "./ports.ts";

/** How often chunks of one round are issued again before it is left to dead letters and to the last check. */
export const MOST_REISSUES = 3;

/** Sends a message of its own for each of the chunks, once more in this round, and notes that before. */
export async function reissue(
  job: StoredJob,
  { round, reissues, missingKeys }: Control,
  lost: readonly number[],
  { store, clock, ...queues }: Pick<AggregatePorts, "store" | "chunks" | "pythonChunks" | "clock">,
): Promise<void> {
  if (lost.length === 0) return;
  const { jobId, submittedAtMs: ofJobMs, spec } = job;
  const begun = missingKeys.findLast((missing) => missing.round === round);
  const { kernel = spec.hash, uploaded } = begun ? await readChunkSet(store, begun.key) : {};
  await writeReissue(store, jobId, [round, reissues + 1], { atMs: clock.epochMs(), chunks: lost });
  const bodies = function* () {
    for (const chunk of lost)
      yield chunkMessage({ jobId, ofJobMs, kernel, uploaded, round, again: true }, [chunk]);
  };
  await chunksOf(job, queues).send(bodies());
}
