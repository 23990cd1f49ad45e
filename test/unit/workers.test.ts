import { expect, test } from "vitest";
import { pack } from "../../shared/plan/pack.ts";
import { WORK_PER_SECOND } from "../../shared/plan/work-units.ts";
import { threadRate, threadsFor } from "../../shared/plan/workers.ts";

test.each([
  [128, 1],
  [1769, 1],
  [1792, 1],
  [1950, 2],
  [3008, 2],
  [3538, 2],
  [10240, 6],
])("with %i MB a worker has %i threads", (memoryMb, threads) => {
  expect(threadsFor(memoryMb)).toBe(threads);
});

test("a thread does what its share of a processor allows, and never more than a whole one", () => {
  expect(threadRate(1769)).toBe(WORK_PER_SECOND);
  expect(threadRate(1792)).toBe(WORK_PER_SECOND);
  expect(threadRate(128) / WORK_PER_SECOND).toBeCloseTo(1 / 13.8, 3);
  expect(threadRate(3008) / WORK_PER_SECOND).toBeCloseTo(0.85, 2);
});

test("a message takes as long as its chunks on the threads that there are, and no less than its longest", () => {
  const chunks = Float64Array.of(1, 2, 3).map((seconds) => seconds * WORK_PER_SECOND);
  const any = Number.POSITIVE_INFINITY;
  const within = (memoryMb: number) => {
    const bounds = { chunks: 3, threads: threadsFor(memoryMb), work: any, dearWork: any, startWork: any };
    return pack(chunks, bounds).longest / threadRate(memoryMb);
  };
  expect(within(1769)).toBe(6);
  expect(within(3538)).toBe(3);
  expect(within(4 * 1769)).toBe(3);
  expect(within(128)).toBeCloseTo(83, 0);
});
