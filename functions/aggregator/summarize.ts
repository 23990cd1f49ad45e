import type { StoredJob } from "../../shared/record/job.ts";
import {
  type FailedChunk,
  type JobState,
  SUMMARY_VERSION,
  type Summary,
} from "../../shared/record/summary.ts";
import { atWork } from "./at-work.ts";
import type { ItemLedger } from "./item-ledger.ts";
import type { Ledger } from "./ledger.ts";
import type { ValueLedger } from "./value-ledger.ts";

const LISTED_FAILURES = 100;

/**
 * The reason of a chunk that left no failure report behind. Its workers had no chance to write one, or there were none: a
 * throttled invocation uses up a delivery without a worker that begins.
 */
export const SILENT_DEATH =
  "No worker said why: each was killed, timed out or ran out of memory, or was throttled before it began";
/** The same as jobs had it that were stored before. */
const FORMER_SILENT_DEATH = "The worker was killed, timed out or ran out of memory";

/** What the job gave and cost. Pure: the same ledger gives the same summary. */
export function summarize(job: StoredJob, ledger: Ledger): Summary {
  const failed = ledger.failed();
  const { busyMs, slots: workers } = atWork(ledger);
  const totals = { storedBytes: 0, computeMs: 0, busyMs };
  let slowestChunk: Summary["slowestChunk"] = null;
  let endMs = job.submittedAtMs;
  let firstMs = Number.POSITIVE_INFINITY;
  let done = 0;
  let unknownTimes = 0;
  let clampedStarts = 0;
  for (let chunk = 0; chunk < ledger.layout.total; chunk++) {
    if (!ledger.isGood(chunk)) continue;
    done++;
    totals.storedBytes += ledger.storedBytes[chunk]!;
    const startedAtMs = ledger.startedAtMs[chunk]!;
    if (Number.isNaN(startedAtMs)) {
      unknownTimes++;
      continue;
    }
    const cpuMs = ledger.cpuMs[chunk]!;
    totals.computeMs += cpuMs;
    if (ledger.moved.has(chunk)) clampedStarts++;
    firstMs = Math.min(firstMs, startedAtMs);
    endMs = Math.max(endMs, startedAtMs + ledger.durationMs[chunk]!);
    if (!slowestChunk || cpuMs > slowestChunk.cpuMs) slowestChunk = { chunk, cpuMs };
  }
  for (const { failure } of failed) endMs = Math.max(endMs, ledger.withoutPauses(failure.failedAtMs));
  const { isCancelled, reissued } = ledger.history;
  const chunks = { total: ledger.layout.total, done, failed: failed.length };
  const statistics = ledger.values.map((value) => statisticsOf(value, ledger));
  const items = ledger.items && itemsOf(ledger.items, ledger);
  const makespanMs = endMs - job.submittedAtMs;
  const speedUp = makespanMs > 0 ? totals.computeMs / makespanMs : 0;
  return {
    version: SUMMARY_VERSION,
    jobId: job.jobId,
    state: stateOf(chunks, items, isCancelled),
    // Wrong values are nothing to be content with.
    tolerated:
      isTolerated(items ? { ...items, done: items.given } : chunks, job.allowMissing) &&
      !failed.some(({ failure }) => failure.disputed),
    round: ledger.round,
    spec: job.spec,
    shape: [...ledger.layout.shape],
    elements: ledger.layout.elements,
    chunks,
    ...totals,
    ...(statistics[0] ?? { sum: items?.given ?? 0, min: null, max: null, nonFinite: items?.failed ?? 0 }),
    ...(statistics.length > 1 && {
      values: statistics.map((each, k) => ({ name: job.spec.values[k]?.name ?? "", ...each })),
    }),
    ...(items && { items }),
    submittedAtMs: job.submittedAtMs,
    makespanMs,
    ...(Number.isFinite(firstMs) && { waitedMs: Math.max(0, firstMs - job.submittedAtMs) }),
    workers,
    coldStarts: ledger.coldStarts.length,
    speedUp,
    efficiency: workers > 0 ? speedUp / workers : 0,
    slowestChunk,
    failedAttempts: ledger.failedAttempts(),
    reissued: { chunks: new Set(reissued).size, savedMs: savedMs(ledger, endMs) },
    unknownTimes,
    clampedStarts,
    ...(job.planned && { plan: job.planned }),
    failures: failed.slice(0, LISTED_FAILURES).map(failedChunk),
  };
}

/** Over the good chunks, added in chunk order. */
function statisticsOf(value: ValueLedger, ledger: Ledger) {
  let [sum, nonFinite] = [0, 0];
  let min: number | null = null;
  let max: number | null = null;
  for (let chunk = 0; chunk < ledger.layout.total; chunk++) {
    if (!ledger.isGood(chunk)) continue;
    sum += value.sum[chunk]!;
    nonFinite += value.nonFinite[chunk]!;
    if (Number.isNaN(value.min[chunk])) continue;
    min = Math.min(min ?? Number.POSITIVE_INFINITY, value.min[chunk]!);
    max = Math.max(max ?? Number.NEGATIVE_INFINITY, value.max[chunk]!);
  }
  // As within a chunk: beyond the largest double there is no number that JSON could write.
  return { sum: Math.min(Math.max(sum, -Number.MAX_VALUE), Number.MAX_VALUE), min, max, nonFinite };
}

/** Items of a shard that failed have failed, too; those of one that was not begun have not. */
function itemsOf({ given, failed, failures }: ItemLedger, ledger: Ledger): NonNullable<Summary["items"]> {
  const counts = { total: ledger.layout.elements, given: 0, failed: 0 };
  for (const { index } of ledger.layout.chunks()) {
    if (!ledger.isGood(index)) continue;
    counts.given += given[index]!;
    counts.failed += failed[index]!;
  }
  for (const { failure } of ledger.failed()) counts.failed += ledger.layout.chunk(failure.chunk).elements;
  return { ...counts, failures };
}

function stateOf(
  { total, done, failed }: Summary["chunks"],
  items: Summary["items"],
  isCancelled: boolean,
): JobState {
  if (done === total && (items?.failed ?? 0) === 0) return "complete";
  if (isCancelled && done + failed < total) return "cancelled";
  return (items?.given ?? done) === 0 ? "failed" : "incomplete";
}

function isTolerated({ total, done, failed }: Summary["chunks"], allowMissing: number): boolean {
  return failed > 0 && done > 0 && done + failed === total && failed / total <= allowMissing;
}

/**
 * How much longer the job would have lasted without reissuing its last chunks, as far as their first copies came to an
 * end.
 */
function savedMs(ledger: Ledger, endMs: number): number {
  const ends = [...ledger.lastCopyEndMs.values()].map((ms) => ledger.withoutPauses(ms));
  return Math.max(0, ends.reduce((last, ms) => Math.max(last, ms), endMs) - endMs);
}

type Failed = ReturnType<Ledger["failed"]>[number];

/** Why the chunk failed, in a sentence. */
export const reasonOf = (failed: Failed): string => failedChunk(failed).error;

/** A dead letter says that a chunk ended, not why: the last attempt that reported an error does. */
function failedChunk({ failure, attempts }: Failed): FailedChunk {
  const last = attempts.reduce(
    (latest, attempt) => (!latest || attempt.failedAtMs > latest.failedAtMs ? attempt : latest),
    undefined as (typeof attempts)[number] | undefined,
  );
  const isSilent = failure.error === SILENT_DEATH || failure.error === FORMER_SILENT_DEATH;
  const { error, requestId, logStream } = last && isSilent ? last : failure;
  return { ...failure, error, requestId, logStream, attempts: Math.max(failure.attempt, attempts.length) };
}
