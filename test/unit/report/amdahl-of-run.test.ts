import { expect, test } from "vitest";
import { amdahlOfRun } from "../../../client/page/amdahl-of-run.ts";
import type { PageData } from "../../../client/page/page-data.ts";

const bar = (lane: number, startMs: number, durationMs: number, chunks = 1) => ({
  ...{ lane, startMs, durationMs, chunks, chunk: 0, cpuMs: durationMs },
});

const VALUES = [{}] as unknown as PageData["values"];

function run(bars: PageData["bars"], makespanMs: number, { cores = 2, values = VALUES, waitedMs = 0 } = {}) {
  const busyMs = bars.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const computeMs = bars.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  const summary = { makespanMs, busyMs, computeMs, waitedMs } as NonNullable<PageData["summary"]>;
  return amdahlOfRun({ bars, summary, values, cores, counts: { workers: 2 } as PageData["counts"] });
}

test("what is serial is the time in which no bar lies, whatever their order and overlap", () => {
  const found = run([bar(1, 300, 100), bar(0, 100, 250), bar(0, 500, 100)], 700)!;
  expect(found.serialMs).toBe(700 - 300 - 100);
  expect(found.sharedMs).toBe(450);
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

test("what passed before a worker came to a job that waited for one is serial for no worker", () => {
  const bars = [bar(0, 3_600_000, 800), bar(0, 3_600_900, 100)];
  expect(run(bars, 3_601_000, { waitedMs: 3_600_000 })).toMatchObject({ waitedMs: 3_600_000, serialMs: 100 });
  expect(run([bar(0, 100, 800)], 1000, { waitedMs: 100 })).toMatchObject({ waitedMs: 0, serialMs: 200 });
});

test("a bar of several chunks is no longest chunk, and a job without times has no law", () => {
  const merged = run([bar(0, 0, 800, 8), bar(0, 800, 200)], 1000)!;
  expect(merged.longestMs).toBe(200);
  expect(run([], 1000)).toBeUndefined();
});

test("workers that shared cores had their CPU time to share, and what waited in a map is not known", () => {
  const bars = [0, 1].map((lane) => ({ ...bar(lane, 100, 800), cpuMs: 400 }));
  const found = run(bars, 1000, { cores: 1 })!;
  expect(found).toMatchObject({ serialMs: 200, sharedMs: 800, longestMs: 400 });
  expect(run(bars, 1000)).toMatchObject({ serialMs: 200, sharedMs: 1600, longestMs: 800 });
  expect(run(bars, 1000, { cores: 1, values: [] })).toBeUndefined();
  expect(run(bars, 1000, { values: [] })).toBeDefined();
});
