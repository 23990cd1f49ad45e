import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ENGINES } from "../../client/engines/engines.ts";
import { localEngine } from "../../client/engines/local.ts";
import { serial } from "../../client/engines/serial.ts";
import { threadsEngine } from "../../client/engines/threads.ts";
import { tutorialAxis } from "../../shared/array/resolve-axis.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import { sameBytes } from "../helpers/arrays.ts";
import { runEngine } from "../helpers/run-engine.ts";

const tutorial = (size: number, maxIterations: number): JobRequest => ({
  kernel: "mandelbrot",
  parameters: { maxIterations },
  grid: { axes: [tutorialAxis(1.3, -1.3, size), tutorialAxis(-2.13, 0.77, size)] },
});

/** Every engine that leaves a folder on this machine, as commands run it. */
const declaredHere = () =>
  Promise.all(
    [...ENGINES.values()].filter(({ isRemote }) => !isRemote).map(({ load }) => load({ stack: "none" })),
  );

describe.each([
  [100, 1000, 509_274],
  [300, 100, 537_814],
  [1000, 1000, 51_214_485],
])("the tutorial's job of size %i at %i iterations", (size, limit, sum) => {
  test(`has the sum ${sum} and the same bytes on every engine`, async () => {
    const request = tutorial(size, limit);
    const oracle = await runEngine(serial, request);
    expect(oracle.summary).toMatchObject({ state: "complete", sum });
    const disturbed = [threadsEngine({ brief: 0 }), localEngine({ shuffleSeed: size })];
    for (const engine of size === 1000 ? await declaredHere() : disturbed) {
      const other = await runEngine(engine, request);
      expect(other.summary).toMatchObject({ state: "complete", sum, chunks: oracle.summary.chunks });
      expect(sameBytes(other.array, oracle.array)).toBe(true);
    }
  });
});

test("random jobs, chunk shapes, worker counts and shuffles give the array that serial gives", async () => {
  const jobs = fc.record({
    kernel: fc.constantFrom("mandelbrot", "julia", "double-pendulum"),
    rows: fc.integer({ min: 1, max: 40 }),
    columns: fc.integer({ min: 1, max: 40 }),
    chunkRows: fc.integer({ min: 5, max: 40 }),
    chunkColumns: fc.integer({ min: 5, max: 40 }),
    chunksPerMessage: fc.integer({ min: 1, max: 5 }),
    codec: fc.constantFrom("none" as const, "gzip" as const, "zstd" as const),
    workers: fc.integer({ min: 1, max: 3 }),
    shuffleSeed: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(
      jobs,
      async ({ rows, columns, chunkRows, chunkColumns, workers, shuffleSeed, ...rest }) => {
        const request: JobRequest = {
          ...rest,
          grid: {
            axes: [
              { from: 1.3, to: -1.3, count: rows },
              { from: -2, to: 1, count: columns },
            ],
          },
          chunk: [Math.min(chunkRows, rows), Math.min(chunkColumns, columns)],
          parameters: rest.kernel === "double-pendulum" ? { duration: 1 } : {},
          output: { plots: false },
        };
        const oracle = await runEngine(serial, request);
        for (const engine of [threadsEngine({ brief: 0 }), localEngine({ shuffleSeed })]) {
          const other = await runEngine(engine, request, { workers });
          expect(other.summary.state).toBe("complete");
          expect(sameBytes(other.array, oracle.array)).toBe(true);
        }
      },
    ),
    { numRuns: 6 },
  );
}, 120_000);
