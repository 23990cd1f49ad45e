import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../../../client/local/seeded-random.ts";
import { sameBytes, storedArray, wholeArray } from "../../helpers/arrays.ts";
import { resolvedJob } from "../../helpers/kernels.ts";
import { Stages } from "../../helpers/stages.ts";

const axis = fc.record({
  from: fc.double({ min: -2, max: 0, noNaN: true }),
  to: fc.double({ min: 0.1, max: 2, noNaN: true }),
  count: fc.integer({ min: 1, max: 24 }),
});
const jobs = fc.record({
  kernel: fc.constantFrom("mandelbrot", "julia", "double-pendulum"),
  axes: fc.array(axis, { minLength: 1, maxLength: 2 }),
  chunk: fc.tuple(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 24 })),
  chunksPerMessage: fc.integer({ min: 1, max: 20 }),
  codec: fc.constantFrom("none", "gzip", "zstd"),
  limit: fc.integer({ min: 1, max: 300 }),
  seed: fc.nat(),
});

test("whatever order, duplicates and redeliveries: always the array that the kernel gives in one piece", async () => {
  await fc.assert(
    fc.asyncProperty(jobs, async ({ kernel, axes, chunk, limit, seed, ...rest }) => {
      const stages = new Stages();
      const request = {
        ...rest,
        kernel,
        grid: { axes },
        chunk: chunk.slice(0, axes.length).map((side, k) => Math.min(side, axes[k]!.count)),
        parameters: kernel === "double-pendulum" ? { duration: limit / 300 } : { maxIterations: limit },
        output: { plots: false },
      };
      await stages.split({ ...request, requestId: "j" });
      const random = seededRandom(seed);
      const waiting: { to: "work" | "aggregate"; body: string; receives: number }[] = [];
      const arrive = () => {
        for (const body of stages.chunks.take()) waiting.push({ to: "work", body, receives: 1 });
        for (const body of stages.results.take()) waiting.push({ to: "aggregate", body, receives: 1 });
      };
      for (arrive(); waiting.length > 0; arrive()) {
        const [message] = waiting.splice(Math.floor(random() * waiting.length), 1);
        if (message?.to === "work") await stages.work(message.body, message.receives);
        else if (message) await stages.aggregate(message.body);
        // As often as not it was handled but not acknowledged in time, and comes again.
        if (message && message.receives < 4 && random() < 0.4)
          waiting.push({ ...message, receives: message.receives + 1 });
      }
      expect(stages.store.json("jobs/j/summary.json")).toMatchObject({ state: "complete" });
      const job = resolvedJob(request);
      expect(sameBytes(await storedArray(stages.store, "j"), wholeArray(job))).toBe(true);
    }),
    { numRuns: 60 },
  );
});
