import { expect, test } from "vitest";
import { type History, Ledger } from "../../../functions/aggregator/ledger.ts";
import { SILENT_DEATH, summarize } from "../../../functions/aggregator/summarize.ts";
import type { AttemptFailure, ChunkReport } from "../../../shared/messages/chunk-report.ts";
import { resolvedJob } from "../../helpers/kernels.ts";
import { chunkReportAt } from "../../helpers/stages.ts";

const SUBMITTED = 1_700_000_000_000;

/** A job of `total` chunks of two cells each, and what is known of it. */
function job(
  total: number,
  { allowMissing = 0, ...history }: Partial<History> & { allowMissing?: number } = {},
) {
  const axes = [{ from: 0, to: 1, count: 2 * total }];
  const resolved = resolvedJob({ kernel: "mandelbrot", grid: { axes }, chunk: [2] });
  const { spec } = resolved;
  const known = { rounds: [], reissued: [], isCancelled: false, ...history };
  const ledger = new Ledger(resolved, known);
  const store = (
    chunk: number,
    startMs: number,
    durationMs: number,
    more: Partial<ChunkReport> = {},
    slot = "w",
  ) => {
    const report = chunkReportAt(chunk, slot, SUBMITTED + startMs, durationMs);
    ledger.addReport({ ...report, chunks: report.chunks.map((each) => ({ ...each, ...more })) });
  };
  const fail = (chunk: number, more: Partial<AttemptFailure> = {}) => {
    const where = { requestId: "r", logStream: "w" };
    const failure = {
      chunk,
      error: "no",
      final: true,
      disputed: false,
      attempt: 1,
      failedAtMs: SUBMITTED,
      ...where,
    };
    ledger.addFailure({ ...failure, ...more }, 0);
  };
  const end = () => {
    ledger.closeTimes(SUBMITTED);
    return summarize({ ...resolved, allowMissing, submittedAtMs: SUBMITTED }, ledger);
  };
  return { ledger, spec, store, fail, end };
}

test("a complete job is the sum of its chunks", () => {
  const { store, end, spec } = job(3);
  store(0, 10, 30, { sum: 4, min: 1, max: 4, nonFinite: 1, storedBytes: 20 }, "a");
  store(1, 20, 60, { sum: 5, min: 2, max: 3, nonFinite: 2, storedBytes: 30 }, "b");
  store(2, 40, 10, { sum: 6, min: 3, max: 3, nonFinite: 0, storedBytes: 40 }, "a");
  expect(end()).toEqual({
    ...{
      version: 2,
      jobId: "j",
      state: "complete",
      tolerated: false,
      round: 0,
      spec,
      shape: [6],
      elements: 6,
    },
    chunks: { total: 3, done: 3, failed: 0 },
    ...{ sum: 15, nonFinite: 3, storedBytes: 90, min: 1, max: 4 },
    ...{ submittedAtMs: SUBMITTED, makespanMs: 80, waitedMs: 10, computeMs: 100, busyMs: 100 },
    ...{ workers: 2, coldStarts: 0, speedUp: 1.25, efficiency: 0.625 },
    slowestChunk: { chunk: 1, cpuMs: 60 },
    ...{ failedAttempts: 0, reissued: { chunks: 0, savedMs: 0 } },
    ...{ unknownTimes: 0, clampedStarts: 0, failures: [] },
  });
});

test("of chunks that cost the same the first is the slowest", () => {
  const { store, end } = job(2);
  for (const chunk of [0, 1]) store(chunk, 0, 30);
  expect(end().slowestChunk).toEqual({ chunk: 0, cpuMs: 30 });
});

test("a chunk whose times are unknown counts with its values only", () => {
  const { store, end } = job(2);
  store(0, 10, 30);
  store(1, 0, 0, { times: null, sum: 5, min: null, max: null });
  expect(end()).toMatchObject({
    ...{ state: "complete", unknownTimes: 1, sum: 6, min: 1, max: 1, makespanMs: 40, computeMs: 30 },
    slowestChunk: { chunk: 0 },
  });
});

test("nothing is divided by no time, and by no worker", () => {
  const { fail, end } = job(1);
  fail(0);
  expect(end()).toMatchObject({
    ...{ state: "failed", makespanMs: 0, speedUp: 0, efficiency: 0, workers: 0 },
    ...{ slowestChunk: null, min: null, max: null, sum: 0 },
  });
});

test.each([1, -1])("a sum beyond the largest double is that double: %i", (sign) => {
  const { store, end } = job(2);
  for (const chunk of [0, 1]) store(chunk, 0, 1, { sum: sign * Number.MAX_VALUE });
  expect(end().sum).toBe(sign * Number.MAX_VALUE);
});

test("starts that were moved are counted, of good chunks", () => {
  const { store, fail, end } = job(3);
  for (const chunk of [0, 1]) store(chunk, -10, 30);
  store(2, 5, 10);
  fail(1, { disputed: true });
  expect(end().clampedStarts).toBe(1);
});

test.each([
  ["complete", 4, 0, false],
  ["complete", 4, 0, true],
  ["incomplete", 3, 1, false],
  ["incomplete", 3, 1, true],
  ["cancelled", 2, 1, true],
  ["cancelled", 0, 1, true],
  ["failed", 0, 4, false],
  ["failed", 0, 4, true],
])(
  "a job is %s with %i of 4 chunks stored and %i failed; cancelled: %o",
  (state, done, failed, isCancelled) => {
    const { store, fail, end } = job(4, { isCancelled });
    for (let chunk = 0; chunk < done; chunk++) store(chunk, 0, 10);
    for (let chunk = done; chunk < done + failed; chunk++) fail(chunk);
    expect(end()).toMatchObject({ state, chunks: { total: 4, done, failed } });
  },
);

test.each([
  ["no more than was allowed to", 3, 1, {}, 0.25, true],
  ["more than was allowed to", 3, 1, {}, 0.24, false],
  ["none", 4, 0, {}, 0.25, false],
  ["all", 0, 4, {}, 1, false],
  ["one, and one was never heard of", 2, 1, {}, 0.5, false],
  ["one, of which two workers disagree", 3, 1, { disputed: true }, 0.25, false],
])("where %s failed: is that tolerated?", (_, done, failed, more, allowMissing, tolerated) => {
  const { store, fail, end } = job(4, { allowMissing });
  for (let chunk = 0; chunk < done; chunk++) store(chunk, 0, 10);
  for (let chunk = done; chunk < done + failed; chunk++) fail(chunk, more);
  expect(end().tolerated).toBe(tolerated);
});

test("one disagreement among other failures is not tolerated", () => {
  const { store, fail, end } = job(4, { allowMissing: 0.5 });
  for (const chunk of [0, 1]) store(chunk, 0, 10);
  fail(2);
  fail(3, { disputed: true });
  expect(end().tolerated).toBe(false);
});

test("a job lasts until its last failure", () => {
  const { store, fail, end } = job(2);
  store(0, 10, 30);
  fail(1, { failedAtMs: SUBMITTED + 70 });
  expect(end().makespanMs).toBe(70);
});

test("a second copy saved what the first one would have taken longer, without the pauses before it", () => {
  const rounds = [{ round: 1, atMs: SUBMITTED + 1000, chunks: [] }];
  const { ledger, store, end } = job(2, { reissued: [1, 1], rounds });
  store(0, 10, 30);
  store(1, 20, 20);
  store(1, 1010, 90);
  ledger.lastCopyEndMs.set(1, SUBMITTED + 1100);
  expect(end()).toMatchObject({ makespanMs: 40, reissued: { chunks: 1, savedMs: 100 } });
});

test.each([
  ["of this release", SILENT_DEATH],
  ["of an earlier one", "The worker was killed, timed out or ran out of memory"],
])(
  "a silent end %s is told with the last error that an attempt told, and with all attempts",
  (_, silence) => {
    const { fail, end } = job(2);
    const attempt = {
      final: false,
      requestId: "a",
      logStream: "log-a",
      failedAtMs: SUBMITTED + 5,
      error: "first",
    };
    const last = { ...attempt, attempt: 2, requestId: "b", logStream: "log-b", failedAtMs: SUBMITTED + 9 };
    for (const chunk of [0, 1]) {
      fail(chunk, attempt);
      fail(chunk, { ...last, error: "last" });
      fail(chunk, { ...attempt, attempt: 3, failedAtMs: SUBMITTED + 7, error: "between" });
    }
    fail(0, { error: silence, attempt: 0, requestId: "", logStream: "" });
    fail(1, { error: "its own", attempt: 5, requestId: "c", logStream: "log-c" });
    expect(end().failures).toMatchObject([
      { chunk: 0, error: "last", requestId: "b", logStream: "log-b", attempts: 3, final: true },
      { chunk: 1, error: "its own", requestId: "c", logStream: "log-c", attempts: 5 },
    ]);
    expect(end().failedAttempts).toBe(6);
  },
);

test("an end of which no attempt told anything says what may have been", () => {
  const { fail, end } = job(1);
  fail(0, { error: SILENT_DEATH, attempt: 0 });
  const error = expect.stringMatching(
    /killed, timed out or ran out of memory, or was throttled before it began$/,
  );
  expect(end().failures).toMatchObject([{ error, attempts: 0 }]);
});

test("a hundred failures are listed", () => {
  const { fail, end } = job(101);
  for (let chunk = 0; chunk < 101; chunk++) fail(chunk);
  const { failures, chunks } = end();
  expect(failures).toHaveLength(100);
  expect(chunks.failed).toBe(101);
});
