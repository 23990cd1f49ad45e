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

/** What lies in the store of a job's reports and failures: the keys, and how many chunks they account for. */
export interface Segments {
  readonly reports: readonly string[];
  readonly failures: readonly string[];
  /** Duplicates included: with `failed` below the job's total, some chunk is surely missing. */
  readonly reported: number;
  readonly failed: number;
}

/** From a listing of keys alone: what progress is read from, too, while a job runs elsewhere. */
export async function listSegments(store: StoreReader, jobId: string): Promise<Segments> {
  const prefixes = jobKeys(jobId);
  const listed = async (prefix: string) => {
    const keys: string[] = [];
    let chunks = 0;
    for await (const key of store.list(prefix)) {
      keys.push(key);
      chunks += Number.parseInt(key.slice(prefix.length), 10);
    }
    return { keys, chunks };
  };
  const [reports, failures] = await Promise.all([listed(prefixes.reports), listed(prefixes.failures)]);
  return {
    reports: reports.keys,
    failures: failures.keys,
    reported: reports.chunks,
    failed: failures.chunks,
  };
}

/** Every report, then every failed attempt, a few segments at a time: memory does not hold them all. */
export async function readSegments(
  store: StoreReader,
  { reports, failures }: Segments,
  visit: { report(report: ReportMessage): void; failure(failure: AttemptFailure): void },
): Promise<void> {
  for await (const [key, segment] of readAll(store, reports)) {
    for (const report of parse(ReportSegmentSchema, segment, key).reports) visit.report(report);
  }
  for await (const [key, segment] of readAll(store, failures)) {
    for (const failure of parse(FailureSegmentSchema, segment, key).failures) visit.failure(failure);
  }
}

async function writeSegment(store: Store, prefix: string, count: number, segment: object): Promise<void> {
  const hash = createHash("sha256").update(JSON.stringify(segment)).digest("hex").slice(0, 24);
  await putJson(store, `${prefix}${count}-${hash}.json`, segment);
}

async function* readAll(store: StoreReader, keys: readonly string[]): AsyncGenerator<[string, unknown]> {
  for (let at = 0; at < keys.length; at += READ_AT_ONCE) {
    yield* await Promise.all(
      keys.slice(at, at + READ_AT_ONCE).map(async (key): Promise<[string, unknown]> => {
        const segment = await getJson(store, key);
        if (segment === undefined) throw new MissingObjectError(key);
        return [key, segment];
      }),
    );
  }
}
