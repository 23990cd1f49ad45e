import { describe, expect, test } from "vitest";
import { aggregatedJob } from "../../../experiments/load/aggregated-job.ts";
import { Looks } from "../../../functions/aggregator/looks.ts";

const JOB = { jobId: "j", submittedAtMs: 1 };

/** An environment that has looked once, for so long (ms). */
function looked(covered: number, needed: number, tookMs = 100) {
  let nowMs = 0;
  const looks = new Looks({ monotonicMs: () => nowMs });
  const onLooked = looks.begin();
  nowMs += tookMs;
  onLooked(JOB, { round: 0, keys: 1_000, covered, needed });
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { looks, pass };
}

describe("an environment of the aggregator looks", () => {
  test("at a job that it knows nothing of, and at one that came again under its id", () => {
    const { looks } = looked(0, 1000);
    expect(looks.isDue({ jobId: "other", submittedAtMs: 1 }, 1)).toBe(true);
    expect(looks.isDue({ ...JOB, submittedAtMs: 2 }, 1)).toBe(true);
    expect(looks.isDue(JOB, 1)).toBe(false);
    expect(looks.needed(JOB, 1)).toBeUndefined(); // resumed: another round
    looks.forget(JOB);
    expect(looks.isDue(JOB, 1)).toBe(true);
  });

  test("after each batch, as long as one request lists all keys", () => {
    const looks = new Looks({ monotonicMs: () => 0 });
    looks.begin()(JOB, { round: 0, keys: 999, covered: 0, needed: 10_000 });
    expect(looks.isDue(JOB, 1)).toBe(true);
  });

  test("whenever what it added may be the last, whatever others added as well", () => {
    const { looks } = looked(920, 1000);
    expect(looks.isDue(JOB, 9)).toBe(false);
    expect(looks.isDue(JOB, 1)).toBe(true);
  });

  test("when ten times as long has passed as the last look took, and never later than after five seconds", () => {
    const short = looked(0, 1000, 100);
    short.pass(999);
    expect(short.looks.isDue(JOB, 1)).toBe(false);
    short.pass(1);
    expect(short.looks.isDue(JOB, 1)).toBe(true);
    const long = looked(0, 1000, 60_000);
    long.pass(5_000);
    expect(long.looks.isDue(JOB, 1)).toBe(true);
  });

  test("and remembers a hundred jobs at most", () => {
    const { looks } = looked(0, 1000);
    for (let k = 0; k < 100; k++)
      looks.begin()(
        { jobId: `job-${k}`, submittedAtMs: 1 },
        { round: 0, keys: 1_000, covered: 0, needed: 9 },
      );
    expect(looks.needed(JOB, 0)).toBeUndefined();
    expect(looks.needed({ jobId: "job-0", submittedAtMs: 1 }, 0)).toBe(9);
  });
});

describe("what the aggregator asks of the store", () => {
  test("for ten times as many chunks is ten times as much, one environment or two", async () => {
    for (const environments of [1, 2]) {
      const [small, large] = [
        await aggregatedJob(1_000, { environments }),
        await aggregatedJob(10_000, { environments }),
      ];
      expect(large.summary).toMatchObject({ state: "complete", chunks: { done: 10_000 } });
      expect(large.gets / small.gets).toBeLessThanOrEqual(10);
      expect(large.puts / small.puts).toBeLessThanOrEqual(10);
      expect(large.listRequests / small.listRequests).toBeLessThanOrEqual(10);
      // An object for each batch and job.json with each: read once.
      expect(large.gets).toBeLessThanOrEqual(2 * large.batches + 2);
      // A look is a listing of reports, of failures, and of what was decided; at the end the chunks are listed, once.
      expect(large.listRequests).toBeLessThanOrEqual(3 * (large.batches + 1) + 10_000 / 1_000);
    }
  });

  test("stays within a few readings where chunks were reported twice: each must bring what was missing", async () => {
    const { gets, batches, summary } = await aggregatedJob(10_000, { environments: 2, repeated: 0.1 });
    expect(summary).toMatchObject({ state: "complete", chunks: { done: 10_000 } });
    expect(gets).toBeLessThan(5 * batches);
  });

  test("without that memory follows the square of the batches", async () => {
    const [small, large] = [
      await aggregatedJob(1_000, { withLooks: false }),
      await aggregatedJob(10_000, { withLooks: false }),
    ];
    // Beside the chunks themselves, which are listed at the end.
    expect((large.keysListed - 10_000) / (small.keysListed - 1_000)).toBeGreaterThan(50);
  });
});
