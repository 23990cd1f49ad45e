import { expect, test } from "vitest";
import { type History, Ledger } from "../../../functions/aggregator/ledger.ts";
import type { AttemptFailure, ChunkReport, ReportMessage } from "../../../shared/messages/chunk-report.ts";
import { fillMandelbrot, likeMandelbrot, ofDtype, resolvedJob } from "../../helpers/kernels.ts";

const SUBMITTED = 1_700_000_000_000;
/** Four chunks of two cells each. */
const eight = { kernel: "mandelbrot", grid: { axes: [{ from: 0, to: 1, count: 8 }] }, chunk: [2] };
const job = resolvedJob(eight, "j", likeMandelbrot("mandelbrot", fillMandelbrot, ofDtype("float64")));

function ledgerWith(history: Partial<History> = {}): Ledger {
  return new Ledger(job, { rounds: [], reissued: [], isCancelled: false, ...history });
}

/** What is known of the job's only value. */
const valueIn = (ledger: Ledger) => ledger.values[0]!;

const tileOf = (...values: number[]) => Buffer.from(Float64Array.from(values).buffer).toString("base64");

/** What one worker says of a chunk that it stored. */
function report(
  chunk: number,
  more: Partial<ChunkReport> = {},
  worker: Partial<ReportMessage["worker"]> = {},
  round = 0,
): ReportMessage {
  const stored = { sum: 1, min: 1, max: 1, nonFinite: 0, storedBytes: 6, times: null, tile: tileOf(1, 2) };
  return {
    ...{ kind: "report", version: 1, jobId: "j", round, failures: [] },
    worker: { requestId: "r", logStream: "w", coldStart: false, initMs: null, ...worker },
    chunks: [{ chunk, ...stored, ...more }],
  };
}

const times = (startMs: number, durationMs: number, more: object = {}) => ({
  times: {
    startedAtMs: SUBMITTED + startMs,
    durationMs,
    computeMs: durationMs,
    cpuMs: durationMs / 2,
    ...more,
  },
});

function failure(chunk: number, more: Partial<AttemptFailure> = {}): AttemptFailure {
  const where = { requestId: "r", logStream: "w" };
  return {
    chunk,
    error: "no",
    final: true,
    disputed: false,
    attempt: 1,
    failedAtMs: SUBMITTED,
    ...where,
    ...more,
  };
}

const uncovered = (ledger: Ledger) => [...ledger.uncovered()];

test("what is covered is stored or has failed for good; chunks beyond the job's are none of it", () => {
  const ledger = ledgerWith();
  ledger.addReport(report(0));
  ledger.addReport(report(4));
  ledger.addFailure(failure(1), 0);
  ledger.addFailure(failure(4), 0);
  ledger.addFailure(failure(4, { disputed: true }), 0);
  ledger.addFailure(failure(2, { final: false }), 0);
  expect(uncovered(ledger)).toEqual([2, 3]);
  expect(ledger.failed().map(({ failure }) => failure.chunk)).toEqual([1]);
  expect(ledger.failedAttempts()).toBe(1);
});

test("a row holds what the report says, and nothing where nobody says it", () => {
  const ledger = ledgerWith();
  ledger.addReport(report(1, { ...times(5, 10), sum: 7, min: 2, max: 5, nonFinite: 3, storedBytes: 9 }));
  ledger.addReport(report(2, { min: null, max: null }));
  const { sum, min, max, nonFinite } = valueIn(ledger);
  const row = (chunk: number) =>
    [sum, min, max, nonFinite, ledger.storedBytes].map((column) => column[chunk]);
  expect(row(1)).toEqual([7, 2, 5, 3, 9]);
  expect(row(2)).toEqual([1, Number.NaN, Number.NaN, 0, 6]);
  expect(row(3)).toEqual(Array(5).fill(Number.NaN));
  const timesOf = (chunk: number) =>
    [ledger.startedAtMs, ledger.durationMs, ledger.cpuMs, ledger.slot].map((column) => column[chunk]);
  expect(timesOf(1)).toEqual([SUBMITTED + 5, 10, 5, 0]);
  expect(timesOf(2)).toEqual([Number.NaN, Number.NaN, Number.NaN, -1]);
  expect([ledger.requestOf(1), ledger.requestOf(2)]).toEqual(["r", undefined]);
});

test("a second report of a chunk changes no value of it", () => {
  const ledger = ledgerWith();
  ledger.addReport(report(1, { sum: 7 }));
  ledger.addReport(report(1, { sum: 8, tile: tileOf(8, 8) }, { requestId: "s" }));
  expect(valueIn(ledger).sum[1]).toBe(7);
  expect([...valueIn(ledger).overview.values.slice(2, 4)]).toEqual([1, 2]);
});

test.each([
  ["that ended first", times(0, 10), "s", 30],
  ["that ended first, whatever it is called,", times(0, 50), "r", 40, "a"],
  ["of the smaller request id, where both ended together", times(15, 25), "a", 25],
  ["of the smaller request id, whoever was heard first", times(15, 25), "r", 40],
])(
  "of two copies the one %s counts",
  (_, second, counts, durationMs, requestId = counts === "a" ? "a" : "s") => {
    const ledger = ledgerWith();
    ledger.addReport(report(1, times(0, 40), { logStream: "first" }));
    ledger.addReport(report(1, second, { requestId, logStream: "second" }));
    expect(ledger.requestOf(1)).toBe(counts);
    expect(ledger.slots[ledger.slot[1]!]).toBe(counts === "r" ? "first" : "second");
    expect(ledger.durationMs[1]).toBe(counts === "s" ? 10 : durationMs);
  },
);

test("of chunks that were issued again the last copy's end is kept, of others it is not", () => {
  const ledger = ledgerWith({ reissued: [1] });
  for (const chunk of [0, 1]) {
    ledger.addReport(report(chunk, times(0, 40)));
    ledger.addReport(report(chunk, times(0, 90), { requestId: "s" }));
    ledger.addReport(report(chunk, times(0, 10), { requestId: "t" }));
  }
  expect([...ledger.lastCopyEndMs]).toEqual([[1, SUBMITTED + 90]]);
});

test("a start that was moved as its report arrived is known as such, unless a better copy comes", () => {
  const ledger = ledgerWith();
  for (const chunk of [0, 1]) ledger.addReport(report(chunk, times(0, 40, { moved: true })));
  ledger.addReport(report(1, times(0, 30), { requestId: "s" }));
  expect([...ledger.moved]).toEqual([0]);
});

test("each cold start is told of once, where it is known how long it took", () => {
  const ledger = ledgerWith();
  const cold = { coldStart: true, initMs: 120, logStream: "w1", requestId: "a" };
  ledger.addReport(report(0, {}, cold));
  for (const chunk of [1, 2]) ledger.addReport(report(chunk, {}, cold));
  ledger.addReport(report(2, {}, { coldStart: true, initMs: null, logStream: "w2", requestId: "b" }));
  ledger.addReport(report(3, {}, { coldStart: false, initMs: 130, logStream: "w3", requestId: "c" }));
  expect(ledger.slots).toEqual(["w1", "w2", "w3"]);
  expect(ledger.coldStarts).toEqual([{ slot: 0, requestId: "a", initMs: 120 }]);
});

const LATER = { rounds: [{ round: 2, atMs: SUBMITTED + 100, chunks: [1, 2] }] };

test("what an earlier round said of a chunk that was missing later does not count", () => {
  const ledger = ledgerWith(LATER);
  expect(ledger.round).toBe(2);
  for (const chunk of [0, 1]) ledger.addReport(report(chunk));
  ledger.addReport(report(2, {}, {}, 2));
  expect(uncovered(ledger)).toEqual([1, 3]);
  expect(ledger.addFailure(failure(1), 1)).toBe(false);
  expect(ledger.addFailure(failure(3), 0)).toBe(true);
  expect(uncovered(ledger)).toEqual([1]);
  ledger.addFailure(failure(1), 2);
  expect(uncovered(ledger)).toEqual([]);
});

test.each([
  ["a worker of an earlier round that disagrees after the later one began is heard", true, 101, true],
  ["one that disagreed as it began is not", true, 100, false],
  ["one that failed after it began is not", false, 101, false],
])("%s", (_, disputed, afterMs, isHeard) => {
  const ledger = ledgerWith(LATER);
  ledger.addFailure(failure(1, { disputed, failedAtMs: SUBMITTED + afterMs }), 0);
  expect(ledger.failed()).toHaveLength(isHeard ? 1 : 0);
});

test("each round has its own beginning", () => {
  const rounds = [{ round: 1, atMs: SUBMITTED + 50, chunks: [3] }, ...LATER.rounds];
  const ledger = ledgerWith({ rounds });
  for (const chunk of [1, 3])
    ledger.addFailure(failure(chunk, { disputed: true, failedAtMs: SUBMITTED + 60 }), 0);
  expect(ledger.failed().map(({ failure }) => failure.chunk)).toEqual([3]);
});

test("a stored chunk outranks a failure, but no disagreement, which no later failure hides", () => {
  const ledger = ledgerWith();
  for (const chunk of [3, 2, 0]) ledger.addReport(report(chunk));
  ledger.addFailure(failure(3, { disputed: true, error: "differs" }), 0);
  ledger.addFailure(failure(3), 0);
  ledger.addFailure(failure(2), 0);
  ledger.addFailure(failure(1, { final: false, attempt: 1 }), 0);
  ledger.addFailure(failure(1), 0);
  expect([0, 1, 2, 3].map((chunk) => ledger.isGood(chunk))).toEqual([true, false, true, false]);
  expect(ledger.failed()).toEqual([
    { failure: failure(1), attempts: [failure(1, { final: false, attempt: 1 })] },
    { failure: failure(3, { disputed: true, error: "differs" }), attempts: [] },
  ]);
});

test("an attempt is known by its request and its number; the last one's time is told", () => {
  const ledger = ledgerWith();
  const attempt = (requestId: string, attempt: number, failedAtMs: number) =>
    ledger.addFailure(failure(0, { final: false, requestId, attempt, failedAtMs }), 0);
  expect(ledger.lastAttemptMs(0)).toBe(Number.NEGATIVE_INFINITY);
  for (let told = 0; told < 3; told++) attempt("a", 1, 20);
  attempt("a", 2, 30);
  attempt("b", 2, 10);
  expect(ledger.failedAttempts()).toBe(3);
  expect(ledger.lastAttemptMs(0)).toBe(30);
});

test("what was reported of a chunk that is not stored counts for nothing, nor is it drawn", () => {
  const ledger = ledgerWith();
  for (const chunk of [0, 1, 2]) ledger.addReport(report(chunk, { tile: chunk === 2 ? null : tileOf(1, 2) }));
  ledger.addFailure(failure(3), 0);
  expect([...ledger.withoutTile]).toEqual([2]);
  ledger.keepOnly(Uint8Array.of(1, 0, 0, 0));
  expect(uncovered(ledger)).toEqual([1, 2]);
  expect([...ledger.withoutTile]).toEqual([]);
  expect([...valueIn(ledger).overview.values]).toEqual([1, 2, ...Array(6).fill(Number.NaN)]);
});

test.each([
  ["no tile", null],
  ["an empty one", ""],
  ["too short a one", tileOf(1)],
  ["too long a one", tileOf(1, 2, 3)],
])("a chunk that came with %s is drawn from what is stored", (_, tile) => {
  const ledger = ledgerWith();
  ledger.addReport(report(1, { tile }));
  expect([...ledger.withoutTile]).toEqual([1]);
  valueIn(ledger).paint(1, Float64Array.of(Number.POSITIVE_INFINITY, 4));
  expect([...valueIn(ledger).overview.values.slice(2, 4)]).toEqual([Number.NaN, 4]);
});

test("whole numbers are drawn as they are, and the picture has the array's shape", () => {
  const ledger = new Ledger(resolvedJob(eight));
  expect(ledger).toMatchObject({ round: 0, history: { rounds: [], reissued: [], isCancelled: false } });
  const tile = Buffer.from(Uint16Array.of(3, 65_535).buffer).toString("base64");
  ledger.addReport(report(3, { tile }));
  expect(ledger.withoutTile.size).toBe(0);
  expect(valueIn(ledger).overview).toMatchObject({ rows: 1, columns: 8 });
  expect([...valueIn(ledger).overview.values.slice(6)]).toEqual([3, 65_535]);
});

test("starts before the submission are moved, and times at which nobody worked are taken out", () => {
  const ledger = ledgerWith(LATER);
  ledger.addReport(report(0, times(-10, 40)));
  ledger.addReport(report(1, times(110, 20), {}, 2));
  ledger.closeTimes(SUBMITTED);
  expect([...ledger.moved]).toEqual([0]);
  // Nobody worked from 40 to 100.
  expect([...ledger.startedAtMs.slice(0, 2)]).toEqual([SUBMITTED, SUBMITTED + 50]);
  expect([SUBMITTED + 99, SUBMITTED + 100].map((ms) => ledger.withoutPauses(ms))).toEqual([
    SUBMITTED + 99,
    SUBMITTED + 40,
  ]);
});
