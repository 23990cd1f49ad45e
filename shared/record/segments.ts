import { createHash } from "node:crypto";
import * as v from "valibot";
import {
  type AttemptFailure,
  AttemptFailureSchema,
  type ReportMessage,
  ReportMessageSchema,
} from "../messages/chunk-report.ts";
import { unlessRefused } from "../ports/aws/refused-read.ts";
import { atMost } from "../ports/bounded.ts";
import { jobKeys } from "../ports/keys.ts";
import { jsonBytes, parsedOrNothing, type Store, type StoreReader } from "../ports/store.ts";
import { versioned } from "../validation/versioned.ts";

/**
 * The reports and failures of a job, in the store: one object per batch, round and kind. A key carries the number of
 * chunks that its object accounts for, the round, and the hash of its content. So a listing alone gives the coverage,
 * and a batch that is delivered twice is one object.
 */
const ReportSegmentSchema = versioned(1, { reports: v.array(ReportMessageSchema) });
const FailureSegmentSchema = versioned(1, { failures: v.array(AttemptFailureSchema) });

const READ_AT_ONCE = 8;
/** One would do if each chunk is reported by itself; some are reported, or fail, more often. */
const SEGMENTS_PER_CHUNK = 4;
/** For small jobs, which may be resumed as often as large ones. */
const SPARE_SEGMENTS = 10_000;

/** The keys of a job's reports and failures. */
export interface Segments {
  readonly reports: readonly Segment[];
  readonly failures: readonly Segment[];
}

interface Segment {
  readonly key: string;
  /** The number of chunks it accounts for, duplicates included. */
  readonly count: number;
  readonly round: number;
  /** The hash of its content. */
  readonly hash: string;
}

export async function writeSegments(
  store: Store,
  jobId: string,
  reports: readonly ReportMessage[],
): Promise<void> {
  for (const [round, ofRound] of Map.groupBy(reports, (report) => report.round)) {
    const succeeded = ofRound
      .filter(({ chunks }) => chunks.length > 0)
      .map((report) => ({ ...report, failures: [] }));
    const count = succeeded.reduce((sum, report) => sum + report.chunks.length, 0);
    if (count > 0)
      await writeSegment(store, jobKeys(jobId).reports, { count, round }, { version: 1, reports: succeeded });
    const failures = ofRound.flatMap((report) => report.failures);
    await writeFailures(store, { jobId, round }, failures);
  }
}

/** Stores failures. Final ones count towards coverage; others are kept for their reasons. */
export async function writeFailures(
  store: Store,
  { jobId, round }: { readonly jobId: string; readonly round: number },
  failures: readonly AttemptFailure[],
): Promise<void> {
  if (failures.length === 0) return;
  const count = failures.filter((failure) => failure.final).length;
  await writeSegment(store, jobKeys(jobId).failures, { count, round }, { version: 1, failures });
}

/**
 * Lists the segments by keys alone; the progress of a remote job uses this too. Throws ListingError for more than a job
 * of `total` chunks can have.
 */
export async function listSegments(
  store: Pick<StoreReader, "list">,
  jobId: string,
  total: number,
): Promise<Segments> {
  const prefixes = jobKeys(jobId);
  const most = SEGMENTS_PER_CHUNK * total + SPARE_SEGMENTS;
  const listed = async (prefix: string) => {
    const segments: Segment[] = [];
    for await (const key of atMost(most, prefix, store.list(prefix))) {
      const segment = segmentOf(key, prefix);
      if (segment) segments.push(segment);
    }
    return segments;
  };
  const [reports, failures] = await Promise.all([listed(prefixes.reports), listed(prefixes.failures)]);
  return { reports, failures };
}

/**
 * The number of chunks that the segments of a round account for, duplicates included: if it is below the round's
 * chunks, some are surely missing.
 */
export function countOf(segments: readonly Segment[], round: number): number {
  return segments.reduce((sum, segment) => sum + (segment.round === round ? segment.count : 0), 0);
}

/**
 * Visits every report, then every failed attempt, a few segments at a time, because memory may not hold them all. Skips
 * a segment that cannot be read, or whose content does not match its key (after a power cut, on a broken disk, or by a
 * user's hand): its chunks are then looked up in the store, or computed. Skips reports of another job. Throws
 * NewerVersionError, because the content of a newer segment must not be replaced.
 */
export async function readSegments(
  store: Pick<StoreReader, "get">,
  jobId: string,
  { reports, failures }: Segments,
  visit: { report(report: ReportMessage): void; failure(failure: AttemptFailure, round: number): void },
): Promise<void> {
  for await (const [{ key }, bytes] of readAll(store, reports)) {
    for (const report of parsedOrNothing(ReportSegmentSchema, bytes, key)?.reports ?? [])
      if (report.jobId === jobId) visit.report(report);
  }
  for await (const [{ key, round }, bytes] of readAll(store, failures)) {
    for (const failure of parsedOrNothing(FailureSegmentSchema, bytes, key)?.failures ?? [])
      visit.failure(failure, round);
  }
}

/** Names it `<count>-<hash>.json`, or `<count>-r<round>-<hash>.json` in a later round. */
async function writeSegment(
  store: Store,
  prefix: string,
  { count, round }: Pick<Segment, "count" | "round">,
  segment: object,
): Promise<void> {
  const bytes = jsonBytes(segment);
  await store.put(`${prefix}${count}-${round > 0 ? `r${round}-` : ""}${hashOf(bytes)}.json`, bytes);
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 24);
}

/** Undefined for a foreign key. */
function segmentOf(key: string, prefix: string): Segment | undefined {
  const match = /^(\d{1,9})-(?:r(\d{1,9})-)?([0-9a-f]{24})\.json$/.exec(key.slice(prefix.length));
  return match
    ? { key, count: Number(match[1]), round: Number(match[2] ?? 0), hash: match[3] ?? "" }
    : undefined;
}

const NOTHING = new Uint8Array();

async function* readAll(
  store: Pick<StoreReader, "get">,
  segments: readonly Segment[],
): AsyncGenerator<[Segment, Uint8Array]> {
  for (let at = 0; at < segments.length; at += READ_AT_ONCE) {
    yield* await Promise.all(
      segments.slice(at, at + READ_AT_ONCE).map(async (segment): Promise<[Segment, Uint8Array]> => {
        const bytes = await unlessRefused(() => store.get(segment.key));
        return [segment, bytes && hashOf(bytes) === segment.hash ? bytes : NOTHING];
      }),
    );
  }
}
