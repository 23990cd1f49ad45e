import { type AttemptFailure, REPORT_VERSION, type ReportMessage } from "../../shared/chunk-report.ts";
import type { Clock } from "../../shared/clock.ts";
import type { StoredJob } from "../../shared/job.ts";
import { writeFailures, writeSegments } from "../../shared/segments.ts";
import { findChunk, listChunks, reportChunk } from "../../shared/stored-chunk.ts";
import type { Store } from "../../shared/stores/store.ts";

const AT_ONCE = 16;
const NOBODY = { requestId: "", logStream: "" };

/** Records each chunk as stored, if it is (then only its report was lost), or as failed for that reason. */
export async function settle(
  job: StoredJob,
  round: number,
  chunks: readonly number[],
  reason: string,
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<void> {
  const lost = await reportStored(job, round, chunks, { store });
  const failedAtMs = clock.epochMs();
  const failures = lost.map(
    (chunk): AttemptFailure => ({
      ...{ chunk, error: reason, final: true, disputed: false, attempt: 0, failedAtMs },
      ...NOBODY,
    }),
  );
  await writeFailures(store, { jobId: job.jobId, round }, failures);
}

/** Reports those of the chunks that are stored, whole and intact, in place of whoever stored them, and returns the others. */
export async function reportStored(
  job: StoredJob,
  round: number,
  chunks: readonly number[],
  { store }: { readonly store: Store },
): Promise<number[]> {
  const { jobId, spec } = job;
  const worker = { ...NOBODY, coldStart: false, initMs: null };
  // A few are simply read, many are looked up in one listing.
  const isStored = chunks.length > AT_ONCE ? await listChunks(store, job) : undefined;
  const others: number[] = [];
  for (let at = 0; at < chunks.length; at += AT_ONCE) {
    const reports = await Promise.all(
      chunks.slice(at, at + AT_ONCE).map(async (chunk) => {
        const found = isStored?.[chunk] === 0 ? undefined : await findChunk(store, job, chunk);
        if (found) return [reportChunk(spec, chunk, found, null)];
        others.push(chunk);
        return [];
      }),
    );
    const report: ReportMessage = {
      ...{ kind: "report", version: REPORT_VERSION, jobId, round, worker },
      ...{ chunks: reports.flat(), failures: [] },
    };
    await writeSegments(store, jobId, [report]);
  }
  return others.sort((a, b) => a - b);
}
