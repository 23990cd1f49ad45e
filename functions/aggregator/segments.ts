import { createHash } from "node:crypto";
import * as v from "valibot";
import {
  type AttemptFailure,
  AttemptFailureSchema,
  type ReportMessage,
  ReportMessageSchema,
} from "../../shared/chunk-report.ts";
import { MissingObjectError } from "../../shared/errors.ts";
import { jobKeys } from "../../shared/keys.ts";
import { parse } from "../../shared/parse.ts";
import { getJson, putJson, type Store, type StoreReader } from "../../shared/stores/store.ts";

/**
 * What arrived for a job, kept in the store: one object per batch and kind. A key carries how many chunks its
 * object accounts for and the hash of its content, so that coverage is known from a listing alone and the same
 * batch, delivered twice, is one object.
 */
const ReportSegmentSchema = v.strictObject({ version: v.literal(1), reports: v.array(ReportMessageSchema) });
const FailureSegmentSchema = v.strictObject({
  version: v.literal(1),
  failures: v.array(AttemptFailureSchema),
});

const READ_AT_ONCE = 8;

export async function writeSegments(
  store: Store,
  jobId: string,
  reports: readonly ReportMessage[],
): Promise<void> {
  const keys = jobKeys(jobId);
  const succeeded = reports
    .filter(({ chunks }) => chunks.length > 0)
    .map((report) => ({ ...report, failures: [] }));
  const chunks = succeeded.reduce((sum, report) => sum + report.chunks.length, 0);
  if (chunks > 0) await writeSegment(store, keys.reports, chunks, { version: 1, reports: succeeded });
  const failures = reports.flatMap((report) => report.failures);
  await writeFailures(store, jobId, failures);
}

/** Failures that are final count towards coverage, other attempts are kept for their reasons. */
export async function writeFailures(
  store: Store,
  jobId: string,
  failures: readonly AttemptFailure[],
): Promise<void> {
  if (failures.length === 0) return;
  const final = failures.filter((failure) => failure.final).length;
  await writeSegment(store, jobKeys(jobId).failures, final, { version: 1, failures });
}

/** How many chunks the segments account for, duplicates included: below the total, some are surely missing. */
export async function countCovered(store: StoreReader, jobId: string): Promise<number> {
  const { reported, failed } = await countSegments(store, jobId);
  return reported + failed;
}

/** The same by kind, from a listing of keys alone: what progress is read from while a job runs elsewhere. */
export async function countSegments(
  store: StoreReader,
  jobId: string,
): Promise<{ readonly reported: number; readonly failed: number }> {
  const { reports, failures } = jobKeys(jobId);
  const count = async (prefix: string) => {
    let chunks = 0;
    for await (const key of store.list(prefix)) chunks += Number.parseInt(key.slice(prefix.length), 10);
    return chunks;
  };
  const [reported, failed] = await Promise.all([count(reports), count(failures)]);
  return { reported, failed };
}

/** Every report, then every failed attempt, a segment at a time: memory holds a few segments, not all. */
export async function readSegments(
  store: StoreReader,
  jobId: string,
  visit: { report(report: ReportMessage): void; failure(failure: AttemptFailure): void },
): Promise<void> {
  const keys = jobKeys(jobId);
  for await (const segment of readAll(store, keys.reports)) {
    for (const report of parse(ReportSegmentSchema, segment, keys.reports).reports) visit.report(report);
  }
  for await (const segment of readAll(store, keys.failures)) {
    for (const failure of parse(FailureSegmentSchema, segment, keys.failures).failures)
      visit.failure(failure);
  }
}

async function writeSegment(store: Store, prefix: string, count: number, segment: object): Promise<void> {
  const hash = createHash("sha256").update(JSON.stringify(segment)).digest("hex").slice(0, 24);
  await putJson(store, `${prefix}${count}-${hash}.json`, segment);
}

async function* readAll(store: StoreReader, prefix: string): AsyncGenerator<unknown> {
  const keys: string[] = [];
  for await (const key of store.list(prefix)) keys.push(key);
  for (let at = 0; at < keys.length; at += READ_AT_ONCE) {
    yield* await Promise.all(
      keys.slice(at, at + READ_AT_ONCE).map(async (key) => {
        const segment = await getJson(store, key);
        if (segment === undefined) throw new MissingObjectError(key);
        return segment;
      }),
    );
  }
}
