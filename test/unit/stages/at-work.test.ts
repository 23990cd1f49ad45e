import { expect, test } from "vitest";
import { Ledger } from "../../../functions/aggregator/ledger.ts";
import { timeline } from "../../../functions/aggregator/pictures.ts";
import { summarize } from "../../../functions/aggregator/summarize.ts";
import { timelineSummary } from "../../../plots/timeline.ts";
import { resolvedJob } from "../../helpers/kernels.ts";
import { chunkReportAt } from "../../helpers/stages.ts";

const SUBMITTED = 1_700_000_000_000;

/** A job whose chunks were computed so: slot, start and duration (ms). */
function ended(
  chunks: readonly (readonly [slot: string, startMs: number, durationMs: number])[],
  initMs: Readonly<Record<string, number>> = {},
) {
  const axes = [{ from: 0, to: 1, count: chunks.length }];
  const resolved = resolvedJob({ kernel: "mandelbrot", grid: { axes }, chunk: [1] });
  const job = { ...resolved, submittedAtMs: SUBMITTED };
  const ledger = new Ledger(job);
  chunks.forEach(([slot, startMs, durationMs], chunk) => {
    const report = chunkReportAt(chunk, slot, SUBMITTED + startMs, durationMs);
    const isFirst = chunks.findIndex(([other]) => other === slot) === chunk;
    const init =
      isFirst && slot in initMs ? { coldStart: true, initMs: initMs[slot]! } : { coldStart: false };
    ledger.addReport({ ...report, worker: { ...report.worker, ...init } });
  });
  ledger.closeTimes(SUBMITTED);
  const summary = summarize(job, ledger);
  return { summary, text: timelineSummary(timeline(job, job.declaration!, summary, ledger)) };
}

test("a slot that stores while it computes is busy once", () => {
  const { summary, text } = ended([
    ["a", 0, 50],
    ["a", 10, 50],
    ["a", 20, 10],
    ["a", 100, 20],
    ["b", 0, 40],
  ]);
  expect(summary).toMatchObject({ busyMs: 120, workers: 2, makespanMs: 120 });
  expect(text).toContain("5 chunks on 2 workers · 50 % busy");
});

test("a slot that took another's place is no further worker", () => {
  const { summary, text } = ended([
    ["main", 0, 10.7],
    ["thread-1", 10, 90],
    ["thread-2", 15, 85],
  ]);
  expect(summary.workers).toBe(2);
  expect(text).toContain("on 2 workers · 93 % busy");
});

test("a slot between its chunks is a worker all the same", () => {
  const { summary } = ended([
    ["a", 0, 10],
    ["b", 20, 10],
    ["a", 40, 10],
  ]);
  expect(summary.workers).toBe(2);
});

test("a slot is a worker from when it begins to start, though it gets its first chunk when another has done its last", () => {
  const { summary, text } = ended(
    [
      ["a", 60, 40],
      ["b", 160, 40],
    ],
    { a: 50, b: 100 },
  );
  expect(summary.workers).toBe(2);
  expect(text).toContain("2 chunks on 2 workers · 20 % busy · 2 cold starts");
});

test("the thread that sees to the first messages while two others start is no third worker", () => {
  const { summary } = ended(
    [
      ["main", 0, 100],
      ["thread-1", 120, 80],
      ["thread-2", 125, 75],
    ],
    { "thread-1": 70, "thread-2": 75 },
  );
  expect(summary.workers).toBe(2);
});
