import fc from "fast-check";
import { expect, test } from "vitest";
import { ALL_AT_ONCE, blocks, simulate } from "../../../experiments/balance/model.ts";

const fleet = { workers: 2, ramp: ALL_AT_ONCE, messageSeconds: 0 };
const singles = (chunks: number) => Array.from({ length: chunks }, (_, chunk) => [chunk]);

test("whoever is free first takes the next message", () => {
  const outcome = simulate([4, 1, 1, 1, 5], singles(5), fleet);
  expect([...outcome.busySeconds]).toEqual([4, 8]);
  expect(outcome).toMatchObject({ makespanSeconds: 8, slowestOverMean: 8 / 6, idleShare: 1 - 12 / 16 });
  expect(simulate([4, 1, 1, 1, 5], [[4], [0], [1], [2], [3]], fleet).makespanSeconds).toBe(6);
});

test("a message costs its chunks and what comes with every message", () => {
  const outcome = simulate([1, 2, 3], [[0, 1], [2]], { ...fleet, messageSeconds: 0.5 });
  expect([...outcome.busySeconds]).toEqual([3.5, 3.5]);
  expect(outcome.timesIdeal).toBeCloseTo(3.5 / 3);
});

test("workers that come later take what is left, and are not idle before", () => {
  const ramp = (worker: number) => [0, 3, Number.POSITIVE_INFINITY][worker] ?? 0;
  const outcome = simulate([2, 2, 2, 2], singles(4), { workers: 3, ramp, messageSeconds: 0 });
  expect([...outcome.busySeconds]).toEqual([6, 2, 0]);
  expect(outcome.makespanSeconds).toBe(6);
  expect(outcome.idleShare).toBeCloseTo(1 - 8 / 9);
});

test("no messages take no time", () => {
  expect(simulate([], [], fleet)).toMatchObject({
    makespanSeconds: 0,
    slowestOverMean: 1,
    idleShare: 0,
    timesIdeal: 1,
  });
});

test("blocks hand out every chunk once, as evenly as chunks go", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 60 }), (chunks, workers) => {
      const lists = blocks(chunks, workers);
      expect(lists.flat()).toEqual(Array.from({ length: chunks }, (_, k) => k));
      const sizes = lists.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

test("the heap gives what looking at every worker gives, whatever the costs and the ramp", () => {
  const seconds = fc.integer({ min: 0, max: 9 });
  fc.assert(
    fc.property(
      fc.array(seconds, { maxLength: 80 }),
      fc.array(seconds, { minLength: 1, maxLength: 12 }),
      seconds,
      (costs, ready, messageSeconds) => {
        const free = [...ready];
        const busy = ready.map(() => 0);
        const used = new Set<number>(); // a message may take no time
        for (const cost of costs) {
          const worker = free.indexOf(Math.min(...free));
          used.add(worker);
          free[worker]! += cost + messageSeconds;
          busy[worker]! += cost + messageSeconds;
        }
        const ramp = (worker: number) => ready[worker]!;
        const outcome = simulate(costs, singles(costs.length), {
          workers: ready.length,
          ramp,
          messageSeconds,
        });
        expect([...outcome.busySeconds]).toEqual(busy);
        expect(outcome.makespanSeconds).toBe(Math.max(0, ...free.filter((_, k) => used.has(k))));
      },
    ),
    { examples: [[[0], [1], 0]] },
  );
});

test("a million chunks on 10,000 workers can be simulated", () => {
  const costs = Float64Array.from({ length: 1_000_000 }, (_, chunk) => 1 + (chunk % 97) / 97);
  function* messages() {
    for (let chunk = 0; chunk < costs.length; chunk++) yield [chunk];
  }
  const outcome = simulate(costs, messages(), { workers: 10_000, ramp: ALL_AT_ONCE, messageSeconds: 0 });
  const total = costs.reduce((sum, seconds) => sum + seconds, 0);
  expect(outcome.busySeconds.reduce((sum, seconds) => sum + seconds, 0)).toBeCloseTo(total, 3);
  expect(outcome.makespanSeconds).toBeLessThanOrEqual(total / 10_000 + 2);
});
