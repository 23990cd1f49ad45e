import {
  type AttemptFailure,
  REPORT_VERSION,
  type ReportMessage,
} from "../../shared/messages/chunk-report.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import type { Store } from "../../shared/ports/store.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { writeFailures, writeSegments } from "../../shared/record/segments.ts";
import { type ChunkLook, listChunks, lookAtChunk, reportChunk } from "../../shared/record/stored-chunk.ts";
import { describeError } from "../../shared/validation/errors.ts";

const AT_ONCE = 16;
const NOBODY = { requestId: "", logStream: "" };

export interface SettlePorts {
  readonly store: Store;
  readonly clock: Clock;
  /** True where the store, if it is out of order, is not asked again later: what it cannot give out now has failed. */
  readonly isLastWord?: boolean;
}

/** Records each chunk as stored, if it is (then only its report was lost), or as failed, for that reason or the store's. */
export async function settle(
  job: StoredJob,
  round: number,
  chunks: readonly number[],
  reason: string,
  ports: SettlePorts,
): Promise<void> {
  const absent = await settleStored(job, round, chunks, ports);
  await recordFailed(job, round, new Map(absent.map((chunk) => [chunk, reason])), ports);
}

/**
 * Reports those of the chunks that are stored, whole and intact, in place of the worker that stored them. A chunk that
 * the store refuses has failed. Returns the others, absent or corrupt, in rising order.
 */
export async function settleStored(
  job: StoredJob,
  round: number,
  chunks: readonly number[],
  { store, clock, isLastWord = false }: SettlePorts,
): Promise<number[]> {
  const { jobId } = job;
  const worker = { ...NOBODY, coldStart: false, initMs: null };
  const look = async (chunk: number): Promise<ChunkLook> => {
    try {
      return await lookAtChunk(store, job, chunk);
    } catch (error) {
      if (!isLastWord) throw error;
      return { refused: error };
    }
  };
  // A few are simply read, many are looked up in one listing.
  const isStored = chunks.length > AT_ONCE ? await listChunks(store, job) : undefined;
  const absent: number[] = [];
  const unreadable = new Map<number, string>();
  for (let at = 0; at < chunks.length; at += AT_ONCE) {
    const reports = await Promise.all(
      chunks.slice(at, at + AT_ONCE).map(async (chunk) => {
        const looked = isStored?.[chunk] === 0 ? { found: undefined } : await look(chunk);
        if ("refused" in looked) unreadable.set(chunk, unreadableReason(looked.refused));
        else if (looked.found) return [reportChunk(job, chunk, looked.found, null)];
        else absent.push(chunk);
        return [];
      }),
    );
    const report: ReportMessage = {
      ...{ kind: "report", version: REPORT_VERSION, jobId, round, worker },
      ...{ chunks: reports.flat(), failures: [] },
    };
    await writeSegments(store, jobId, [report]);
  }
  await recordFailed(job, round, unreadable, { store, clock });
  return absent.sort((a, b) => a - b);
}

function recordFailed(
  { jobId }: StoredJob,
  round: number,
  reasons: ReadonlyMap<number, string>,
  { store, clock }: SettlePorts,
): Promise<void> {
  const failedAtMs = clock.epochMs();
  const failures = [...reasons].map(([chunk, error]) => failedByItself(chunk, error, failedAtMs));
  return writeFailures(store, { jobId, round }, failures);
}

/** The final failure of a chunk without a report from any worker. */
export function failedByItself(chunk: number, error: string, failedAtMs: number): AttemptFailure {
  return { chunk, error, final: true, disputed: false, attempt: 0, failedAtMs, ...NOBODY };
}

/** The reason of a chunk that lies in the store, which does not give it out. */
export function unreadableReason(error: unknown): string {
  return `The stored chunk cannot be read: ${describeError(error)}`;
}
