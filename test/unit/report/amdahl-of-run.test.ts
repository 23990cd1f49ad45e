import { expect, test } from "vitest";
import { amdahlOfRun } from "../../../client/page/amdahl-of-run.ts";
import type { PageData } from "../../../client/page/page-data.ts";

const bar = (lane: number, startMs: number, durationMs: number, chunks = 1) => ({
  ...{ lane, startMs, durationMs, chunks, chunk: 0, cpuMs: durationMs },
});

function run(bars: PageData["bars"], makespanMs: number) {
  const busyMs = bars.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return amdahlOfRun({ bars, summary: { makespanMs, busyMs } as NonNullable<PageData["summary"]> });
}

test("what is serial is the time in which no bar lies, whatever their order and overlap", () => {
  const found = run([bar(1, 300, 100), bar(0, 100, 250), bar(0, 500, 100)], 700)!;
  expect(found.serialMs).toBe(700 - 300 - 100);
  expect(found.busyMs).toBe(450);
  expect(found.serialShare).toBeCloseTo(300 / 750);
});

test("one worker is as fast as itself, and more are bounded by what is serial and by the longest chunk", () => {
  const found = run(
    Array.from({ length: 10 }, (_, k) => bar(0, 100 + 90 * k, 90)),
    1000,
  )!;
  expect(found.speedUp(1)).toBe(1);
  expect(found.speedUp(2)).toBeCloseTo(1000 / (100 + 450));
  expect(found.speedUp(Number.POSITIVE_INFINITY)).toBeCloseTo(1000 / (100 + 90));
});

test("a bar of several chunks is no longest chunk, and a job without times has no law", () => {
  const merged = run([bar(0, 0, 800, 8), bar(0, 800, 200)], 1000)!;
  expect(merged.longestMs).toBe(200);
  expect(run([], 1000)).toBeUndefined();
});
