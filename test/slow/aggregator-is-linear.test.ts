import { expect, test } from "vitest";
import { aggregatedJob } from "../helpers/aggregated-job.ts";

test.each([1, 2])(
  "100,000 chunks, each in a report of its own, cost the aggregators no more each than 1,000 (%d at work)",
  async (environments) => {
    const few = await aggregatedJob(1_000, { environments });
    const many = await aggregatedJob(100_000, { environments });
    expect(many.summary).toMatchObject({ state: "complete", chunks: { done: 100_000, failed: 0 } });
    expect(many.gets).toBeLessThanOrEqual(2 * many.batches + 2);
    expect(many.puts).toBeLessThanOrEqual(many.batches + 2);
    expect(many.bytesRead / few.bytesRead).toBeLessThan(110);
    expect(many.listRequests / few.listRequests).toBeLessThan(100);
    // Two million without Looks; half a million are those of the first thousand batches.
    expect(many.keysListed).toBeLessThan(750_000);
  },
);

test("100,000 chunks of which 5 % are reported twice are read three times at the most", async () => {
  const { gets, batches, summary } = await aggregatedJob(100_000, { environments: 2, repeated: 0.05 });
  expect(summary).toMatchObject({ state: "complete", chunks: { done: 100_000 } });
  expect(gets).toBeLessThan(5 * batches);
});
