import { expect, test } from "vitest";
import { belowOne } from "../../cli/terminal/below-one.ts";
import type { Summary } from "../../shared/record/summary.ts";

const summary = (of: Partial<Summary>) =>
  ({ speedUp: (of.computeMs ?? 0) / (of.makespanMs ?? 1), unknownTimes: 0, ...of }) as Summary;
const sentenceOf = (of: Partial<Summary>) => belowOne(summary(of))?.sentence;

test.each([
  [
    "workers that start slowly",
    { workers: 2, makespanMs: 200, waitedMs: 120, busyMs: 40, computeMs: 20 },
    "below 1, since of each worker's 200 ms it spent 120 ms until the first chunk (splitting, start-up), 60 ms waiting for the queue, 10 ms computing and 10 ms storing (or waiting for a processor)",
  ],
  [
    "a disk that stores slowly",
    { workers: 1, makespanMs: 3000, waitedMs: 100, busyMs: 2900, computeMs: 400 },
    "below 1, since of the worker's 3.00 s it spent 2.50 s storing (or waiting for a processor), 400 ms computing and 100 ms until the first chunk (splitting, start-up)",
  ],
  [
    "a job that was there before any worker",
    { workers: 1, makespanMs: 3_600_000, waitedMs: 3_599_000, busyMs: 900, computeMs: 900 },
    "below 1, since of the worker's 60 min it spent 60 min waiting for a worker to begin, 900 ms computing and 100 ms waiting for the queue",
  ],
  [
    "a queue that hands out slowly",
    { workers: 1, makespanMs: 900, waitedMs: 0, busyMs: 50, computeMs: 50 },
    "below 1, since of the worker's 900 ms it spent 850 ms waiting for the queue and 50 ms computing",
  ],
])("%s is told by the parts, the largest first", (_, of, sentence) => {
  expect(sentenceOf(of)).toBe(sentence);
});

test("the parts add up to the makespan, threads of a worker and clocks that disagree included", () => {
  for (const of of [
    { workers: 3, makespanMs: 100, waitedMs: 90, busyMs: 60, computeMs: 20 },
    { workers: 2, makespanMs: 100, waitedMs: 10, busyMs: 40, computeMs: 80 },
  ]) {
    const { partsMs } = belowOne(summary(of))!;
    expect(partsMs.compute + partsMs.begin + partsMs.store + partsMs.idle).toBeCloseTo(100);
    expect(Math.min(...Object.values(partsMs))).toBeGreaterThanOrEqual(0);
  }
});

test("a job that gained, and one of whose chunks the times are unknown, have no such sentence", () => {
  expect(sentenceOf({ workers: 2, makespanMs: 100, busyMs: 150, computeMs: 100 })).toBeUndefined();
  expect(
    sentenceOf({ workers: 2, makespanMs: 100, busyMs: 50, computeMs: 40, unknownTimes: 3 }),
  ).toBeUndefined();
});
