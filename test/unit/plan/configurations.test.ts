import { expect, test } from "vitest";
import {
  type Asked,
  frontOf,
  kneeOfFront,
  SPACE,
  sizeOfSpace,
  type Tried,
  tryConfiguration,
  tryConfigurations,
} from "../../../shared/plan/configurations.ts";
import { cutAgain } from "../../../shared/plan/cut-again.ts";
import { estimateWork } from "../../../shared/plan/estimate.ts";
import { pricesOf } from "../../../shared/plan/prices.ts";
import { builtIn, resolvedJob } from "../../helpers/kernels.ts";

/** A job that computes for this many seconds on a core. */
function asked(seconds: number, more: Partial<Asked> & { readonly request?: object } = {}): Asked {
  const { request, ...others } = more;
  const job = resolvedJob({ kernel: "mandelbrot", points: [2000, 2000], requestId: "j", ...request });
  const kernel = builtIn("mandelbrot");
  return {
    ...{ job, kernel, prices: pricesOf("us-east-1"), work: estimateWork(job.spec, kernel) },
    cost: {
      seconds: { low: seconds, expected: seconds, high: seconds },
      ...{ warmUp: 0, together: 1, share: { alone: 1, together: 1 } },
    },
    ...others,
  };
}

/** As many as the mapping starts at once. */
const ARM = { architecture: "arm64", fleet: 5, burst: 0 } as const;
const spot = (seconds: number, usd: number) => ({
  seconds: { low: seconds, expected: seconds, high: seconds },
  usd: { low: usd, expected: usd, high: usd },
});

test("each configuration is tried once, and by itself it is what it is among all", () => {
  const job = asked(10);
  const all = [...tryConfigurations(job)];
  const named = all.map(({ memoryMb, architecture, fleet, burst }) =>
    [memoryMb, architecture, fleet, burst].join(),
  );
  expect(new Set(named).size).toBe(all.length);
  // A fleet of two is the mapping's alone.
  expect(all.length).toBe(sizeOfSpace(SPACE) - SPACE.memoriesMb.length * SPACE.architectures.length);
  for (const tried of [all[3]!, all[500]!]) expect(tryConfiguration(job, tried)).toEqual(tried);
});

test("a worker with half a core takes twice as long, for about the same money, and x86_64 as long for more", () => {
  const on = (memoryMb: number, more: Partial<Tried> = {}) =>
    tryConfiguration(asked(100), { ...ARM, memoryMb, ...more })!;
  const [half, whole] = [on(885), on(1769)];
  expect(half.seconds.expected / whole.seconds.expected).toBeGreaterThan(1.5);
  expect(half.usd.expected / whole.usd.expected).toBeCloseTo(1, 1);
  const other = on(1769, { architecture: "x86_64" });
  expect(other.seconds).toEqual(whole.seconds);
  expect(other.usd.expected).toBeGreaterThan(1.1 * whole.usd.expected);
  // Two threads that share what their cores have are less than twice as fast.
  const two = on(3538);
  expect(two.seconds.expected).toBeLessThan(whole.seconds.expected);
  expect(two.usd.expected).toBeGreaterThan(1.1 * whole.usd.expected);
});

test("what a worker cannot hold, or be through with in time, is left out", () => {
  const memories = (job: Asked) => [...new Set([...tryConfigurations(job)].map(({ memoryMb }) => memoryMb))];
  expect(memories(asked(10))[0]).toBe(128);
  const chunk = [4000, 4000];
  const large = asked(10, { request: { points: chunk, chunk, dtype: "uint32" } });
  expect(memories(large)[0]).toBe(384); // three copies of a chunk of 64 MB, and the process
  expect(memories(asked(1000, { timeoutSeconds: 60 })).length).toBeLessThan(SPACE.memoriesMb.length);
  expect(memories(asked(1e6))).toEqual([]);
  expect(memories(asked(1e6, { timeoutSeconds: 900_000 }))).toHaveLength(SPACE.memoriesMb.length);
});

test("the front has what no other one beats, and its knee the least time times cost", () => {
  const points = [spot(4, 4), spot(1, 9), spot(2, 2), spot(2, 3), spot(8, 1), spot(3, 2), spot(9, 1)];
  const front = frontOf(points);
  expect(front).toEqual([spot(1, 9), spot(2, 2), spot(8, 1)]);
  expect(kneeOfFront(front)).toEqual(spot(2, 2));
  expect(() => kneeOfFront([])).toThrow(RangeError);
});

test("a job is cut again within its array and the limits of chunks, and a task is not", () => {
  const { job } = asked(1, { request: { chunk: [500, 100] } });
  const shapes = [0.5, 2, 16].map((times) => cutAgain(job, times)?.spec.chunkShape);
  expect(shapes).toEqual([
    [250, 50],
    [1000, 200],
    [2000, 1600],
  ]);
  expect(cutAgain(job, 0.002)).toBeUndefined(); // four million chunks
  expect(cutAgain({ ...job, items: {} as never }, 2)).toBeUndefined();
  expect(job.spec.chunkShape).toEqual([500, 100]);
});
