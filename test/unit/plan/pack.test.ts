import fc from "fast-check";
import { expect, test } from "vitest";
import { autoBounds, pack } from "../../../shared/plan/pack.ts";
import { WORK_PER_SECOND } from "../../../shared/plan/work-units.ts";
import { DEFAULT_WORKERS } from "../../../shared/plan/workers.ts";

const NEVER = Number.POSITIVE_INFINITY;
const ONE_THREAD = { threads: 1, dearWork: NEVER, startWork: NEVER };

const work = fc
  .array(fc.double({ min: 1, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 300 })
  .map((units) => Float64Array.from(units));
const bounds = fc.record({
  chunks: fc.integer({ min: 1, max: 50 }),
  work: fc.double({ min: 1, max: 1e10, noNaN: true }),
  threads: fc.constant(1),
  dearWork: fc.double({ min: 0, max: 1e10, noNaN: true }),
  startWork: fc.constant(NEVER),
});
const sumOf = (units: Float64Array, chunks: readonly number[]) =>
  chunks.reduce((sum, chunk) => sum + units[chunk]!, 0);

test("every chunk travels exactly once, with its neighbours, within the bounds unless it is alone", () => {
  fc.assert(
    fc.property(work, bounds, (units, limit) => {
      const lists = [...pack(units, limit)];
      expect(lists.flat().toSorted((a, b) => a - b)).toEqual([...units.keys()]);
      for (const list of lists) {
        expect(list).toEqual(list.map((_, k) => list[0]! + k));
        expect(list.length).toBeLessThanOrEqual(limit.chunks);
        if (list.length > 1) expect(sumOf(units, list)).toBeLessThanOrEqual(limit.work * (1 + 1e-12));
      }
    }),
  );
});

test("the heaviest list comes first, equal ones in the order of the array", () => {
  fc.assert(
    fc.property(work, bounds, (units, limit) => {
      const sums = [...pack(units, limit)].map((list) => sumOf(units, list));
      const rounding = Math.max(...sums) * 2 ** -31;
      for (const [at, sum] of sums.slice(1).entries()) expect(sum).toBeLessThanOrEqual(sums[at]! + rounding);
    }),
  );
  const equal = [...pack(new Float64Array(5).fill(3), { ...ONE_THREAD, chunks: 1, work: 1 })];
  expect(equal).toEqual([[0], [1], [2], [3], [4]]);
});

test("there are no more lists than the bounds make necessary, twice over", () => {
  fc.assert(
    fc.property(work, bounds, (units, limit) => {
      const total = units.reduce((a, b) => a + b, 0);
      const most = 2 * (total / limit.work) + units.length / limit.chunks + 1;
      expect([...pack(units, limit)].length).toBeLessThanOrEqual(most);
    }),
  );
});

test("taken by whoever is free, the lists leave the last worker at most one list after the mean", () => {
  fc.assert(
    fc.property(work, bounds, fc.integer({ min: 1, max: 40 }), (units, limit, workers) => {
      const lists = [...pack(units, limit)];
      const busy = new Float64Array(workers);
      for (const list of lists) busy[busy.indexOf(Math.min(...busy))]! += sumOf(units, list);
      const mean = units.reduce((a, b) => a + b, 0) / workers;
      const heaviest = sumOf(units, lists[0]!);
      expect(Math.max(...busy)).toBeLessThanOrEqual((mean + (1 - 1 / workers) * heaviest) * (1 + 1e-9));
    }),
  );
});

test("a given number of chunks a message is obeyed exactly, and only the order follows the work", () => {
  const limit = { ...ONE_THREAD, chunks: 3, work: Number.POSITIVE_INFINITY };
  expect([...pack(Float64Array.of(1, 1, 1, 5, 5, 5, 9), limit)]).toEqual([[3, 4, 5], [6], [0, 1, 2]]);
});

const SECOND = WORK_PER_SECOND;
test.each([
  [
    "tiny ones four messages, so that a few workers share them",
    64,
    0.001 * SECOND,
    SECOND,
    { chunks: 40, work: 0.016 * SECOND },
  ],
  [
    "small jobs have messages of a tenth of a second",
    64,
    0.01 * SECOND,
    SECOND,
    { chunks: 40, work: 0.1 * SECOND },
  ],
  ["large ones about 4,000 messages", 40_000, SECOND / 2, SECOND, { chunks: 40, work: 5 * SECOND }],
  ["huge ones messages of ten seconds", 1_000_000, SECOND, SECOND, { chunks: 40, work: 10 * SECOND }],
  ["cheap chunks travel by fifties", 1_000_000, SECOND, SECOND / 100, { chunks: 50, work: 10 * SECOND }],
  [
    "chunks that could take a minute travel alone",
    100,
    SECOND,
    60 * SECOND,
    { chunks: 1, work: 0.1 * SECOND },
  ],
])("automatic bounds: %s", (_, chunks, each, most, expected) => {
  const found = autoBounds(new Float64Array(chunks).fill(each), most, DEFAULT_WORKERS);
  expect(found.chunks).toBe(expected.chunks);
  expect(found.work).toBeCloseTo(expected.work, -3);
});

test("a worker's threads have a dear chunk each: a message takes no longer than its longest chunk", () => {
  const limit = { chunks: 50, work: SECOND, threads: 3, dearWork: SECOND / 10, startWork: SECOND / 2 };
  expect([...pack(new Float64Array(8).fill(2 * SECOND), limit)]).toEqual([
    [0, 1, 2],
    [3, 4, 5],
    [6, 7],
  ]);
  expect([...pack(Float64Array.of(0.1 * SECOND, 5 * SECOND, 4 * SECOND, 6 * SECOND), limit)]).toEqual([
    [0, 1, 2, 3],
  ]);
  fc.assert(
    fc.property(work, fc.integer({ min: 2, max: 6 }), (units, threads) => {
      for (const list of pack(units, { ...limit, threads })) {
        const longest = Math.max(...list.map((chunk) => units[chunk]!));
        const most = Math.max(longest, limit.work / threads);
        expect(sumOf(units, list) / threads).toBeLessThanOrEqual(most * (1 + 1e-12));
      }
    }),
  );
});

test("a message carries more chunks than one thread is through with in time only where the threads are sure to start", () => {
  const limit = { chunks: 1, work: SECOND, threads: 2, dearWork: SECOND / 10, startWork: SECOND / 2 };
  expect([...pack(Float64Array.of(0.1 * SECOND, 0.2 * SECOND), limit)]).toEqual([[1], [0]]);
  expect([...pack(Float64Array.of(0.3 * SECOND, 0.3 * SECOND, 0.3 * SECOND), limit)]).toEqual([[0, 1], [2]]);
});

test("what just reaches a bound counts as dear, and as sure to start the threads", () => {
  const limit = { chunks: 50, work: 10, threads: 2, dearWork: 10, startWork: NEVER };
  expect([...pack(Float64Array.of(10, 10), limit)]).toEqual([[0, 1]]);
  const single = { chunks: 1, work: 20, threads: 2, dearWork: NEVER, startWork: 20 };
  expect([...pack(Float64Array.of(10, 10), single)]).toEqual([[0, 1]]);
});

test("the message that takes a worker's threads longest comes first, not the one with the most work", () => {
  const limit = { chunks: 2, work: 6, threads: 2, dearWork: NEVER, startWork: NEVER };
  expect([...pack(Float64Array.of(3, 3, 5), limit)]).toEqual([[2], [0, 1]]);
});

test("cheap chunks are not gathered for threads, which would not start for them", () => {
  const limit = { chunks: 50, work: 0.02 * SECOND, threads: 6, dearWork: SECOND / 10, startWork: SECOND / 2 };
  expect([...pack(new Float64Array(8).fill(0.01 * SECOND), limit)].length).toBe(4);
});

const minute = (memoryMb: number) => ({ memoryMb, timeoutSeconds: 60 });
const heavy = { chunks: 20_000, each: 4 * SECOND, most: 8 * SECOND };
test.each([
  ["one vCPU", minute(1769), { threads: 1, chunks: 5, work: 10 * SECOND }],
  ["two vCPUs: as much for each thread", minute(3538), { threads: 2, chunks: 5, work: 20 * SECOND }],
  ["1.7 vCPUs: 0.85 a thread", minute(3008), { threads: 2, chunks: 4, work: 17 * SECOND }],
  ["a 14th of a vCPU", minute(128), { threads: 1, chunks: 1, work: 0.7236 * SECOND }],
  ["5 s", { memoryMb: 1769, timeoutSeconds: 5 }, { threads: 1, chunks: 1, work: 0.8333 * SECOND }],
  [
    "15 minutes: as with one",
    { memoryMb: 1769, timeoutSeconds: 900 },
    { threads: 1, chunks: 5, work: 10 * SECOND },
  ],
])("a message is for the workers that there are: %s", (_, workers, expected) => {
  const found = autoBounds(new Float64Array(heavy.chunks).fill(heavy.each), heavy.most, workers);
  expect(found).toMatchObject({ threads: expected.threads, chunks: expected.chunks });
  expect(found.work / expected.work).toBeCloseTo(1, 2);
});

test.each([
  ["one vCPU: no further thread ever starts", 1769, { dear: 0.1, start: Number.POSITIVE_INFINITY }],
  ["two vCPUs", 3538, { dear: 0.1, start: 0.45 }],
  ["six vCPUs", 10_240, { dear: 0.0965, start: 0.2605 }],
  ["1.7 vCPUs: what 0.85 does in as long", 3008, { dear: 0.085, start: 0.3826 }],
])(
  "a chunk is dear from 0.1 s of a thread on, and threads start for what pays: %s",
  (_, memoryMb, expected) => {
    const { dearWork, startWork } = autoBounds(new Float64Array(64).fill(SECOND), SECOND, minute(memoryMb));
    expect(dearWork / SECOND).toBeCloseTo(expected.dear, 3);
    expect(startWork / SECOND).toBeCloseTo(expected.start, 3);
  },
);

test("a million chunks are packed, alone or by fifties", () => {
  const units = Float64Array.from({ length: 1_000_000 }, (_, chunk) => 1 + ((chunk * 7919) % 1009));
  const seen = new Uint8Array(units.length);
  let last = Number.POSITIVE_INFINITY;
  let rising = 0;
  for (const [chunk = -1] of pack(units, { ...ONE_THREAD, chunks: 1, work: 1 })) {
    if (units[chunk]! > last) rising++;
    last = units[chunk]!;
    seen[chunk]!++;
  }
  expect(rising).toBe(0);
  expect(seen.every((times) => times === 1)).toBe(true);
  expect([...pack(units, { ...ONE_THREAD, chunks: 50, work: 1e6 })].length).toBe(20_000);
});
