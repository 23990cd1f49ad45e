import { describe, expect, test } from "vitest";
import { aggregatedJob } from "../../helpers/aggregated-job.ts";

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
