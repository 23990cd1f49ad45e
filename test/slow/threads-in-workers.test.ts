import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serial } from "../../client/engines/serial.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import { sameBytes } from "../helpers/arrays.ts";
import { misbehavingEngine, runEngine } from "../helpers/run-engine.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

/** The default region in four chunks: estimated at enough for threads wherever they travel together. */
const request = (kernel: string, chunksPerMessage = 4): JobRequest => ({
  kernel,
  grid: {
    axes: [
      { from: 1.3, to: -1.3, count: 2400 },
      { from: -2.13, to: 0.77, count: 2400 },
    ],
  },
  chunk: [1200, 1200],
  chunksPerMessage,
  output: { plots: false },
});

/** One worker with this memory, and what its kernels left behind. */
async function runWith(memoryMb: string | undefined, job: JobRequest) {
  const MARKERS = temporaryFolder();
  const environment = { MARKERS, ...(memoryMb && { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memoryMb }) };
  const result = await runEngine(misbehavingEngine({ environment }), job, { workers: 1 });
  const logs = readdirSync(join(result.folder, "logs")).filter((name) => name.startsWith("worker-"));
  return { ...result, markers: readdirSync(MARKERS).sort(), workers: logs.length };
}

const oracle = () => runEngine(serial, request("mandelbrot"));

test("a worker with two vCPUs computes a message's chunks in two threads, with the bytes that serial gives", async () => {
  const { summary, array, markers } = await runWith("3538", request("signs"));
  expect(summary.state).toBe("complete");
  expect(summary.computeMs).toBeGreaterThan(0);
  expect(markers).toEqual(["thread-1", "thread-2"]);
  expect(sameBytes(array, (await oracle()).array)).toBe(true);
});

test.each([
  ["one vCPU", "1769", 4],
  ["no memory setting", undefined, 4],
  ["two vCPUs and one chunk a message", "3538", 1],
])("a worker with %s starts no thread", async (_, memoryMb, chunksPerMessage) => {
  const { summary, markers } = await runWith(memoryMb, request("signs", chunksPerMessage));
  expect(summary.state).toBe("complete");
  expect(markers).toEqual(["thread-0"]);
});

test("a chunk that throws in a thread fails with its reason and costs the others of its message nothing", async () => {
  const { summary, progress } = await runWith("3538", request("poison"));
  expect(progress).toMatchObject({ done: 3, failed: 1, active: 0 });
  expect(summary.failures).toMatchObject([{ chunk: 0, error: "Error: this chunk is poison", attempts: 2 }]);
});

test("a thread that ends costs one attempt at its chunk, and the worker lives on", async () => {
  const { summary, array, workers } = await runWith("3538", request("exits-once"));
  expect(summary).toMatchObject({ state: "complete", failedAttempts: 1 });
  expect(workers).toBe(1);
  expect(sameBytes(array, (await oracle()).array)).toBe(true);
});
