import { expect, test } from "vitest";
import { FailedInThreadError } from "../../../functions/worker/chunk-threads.ts";
import { computeChunk } from "../../../functions/worker/compute.ts";
import { ThreadDiedError } from "../../../functions/worker/thread-pool.ts";
import { threadsFor } from "../../../functions/worker/threads.ts";
import { parseResultMessage } from "../../../shared/chunk-report.ts";
import { resolveJob } from "../../../shared/job.ts";
import { sameBytes, storedArray, wholeArray } from "../../helpers/arrays.ts";
import { Stages } from "../../helpers/stages.ts";

/** Nine chunks that could take 400 ms. */
const request = {
  kernel: "mandelbrot",
  parameters: { maxIterations: 60_000 },
  grid: {
    axes: [
      { from: 1, to: 0.8, count: 81 },
      { from: -2, to: 1, count: 81 },
    ],
  },
  chunk: [27, 27],
  chunksPerMessage: 9,
};

/** Threads that are none: a test says what they do, and sees which chunks they got. */
function withThreads(compute: (chunk: number) => Promise<unknown> = async () => {}, size = 2) {
  const stages = new Stages();
  const given: number[] = [];
  stages.threads = {
    size,
    async compute(spec, chunk) {
      given.push(chunk);
      await compute(chunk);
      return computeChunk(spec, chunk, stages.kernels, stages.clock);
    },
  };
  return { stages, given };
}

async function workOnOne(stages: Stages, change: object = {}) {
  await stages.split({ ...request, ...change, requestId: "j" });
  return stages.work(stages.chunks.take()[0] ?? "");
}

test("threads compute every chunk of a heavy message once, and reports come in the chunks' order", async () => {
  const { stages, given } = withThreads();
  await workOnOne(stages);
  expect(given.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(
    sameBytes(await storedArray(stages.store, "j"), wholeArray(resolveJob(request, "j", stages.kernels))),
  ).toBe(true);
  const [report] = stages.results.take().map((body) => parseResultMessage(body));
  expect(report?.kind === "report" && report.chunks.map(({ chunk }) => chunk)).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8,
  ]);
});

test("whoever is free takes the next chunk: one that takes long keeps nobody else from the rest", async () => {
  const { promise: theRest, resolve } = Promise.withResolvers<void>();
  let others = 0;
  const { stages } = withThreads(async (chunk) => {
    if (chunk === 0) await theRest;
    else if (++others === 8) resolve();
  });
  expect((await workOnOne(stages)).computed.length).toBe(9);
});

test.each([
  ["a single chunk", { chunksPerMessage: 1 }],
  ["chunks that are not worth a thread's start", { parameters: { maxIterations: 100 } }],
])("a message of %s is computed without threads", async (_, change) => {
  const { stages, given } = withThreads();
  expect((await workOnOne(stages, change)).computed.length).toBeGreaterThan(0);
  expect(given).toEqual([]);
});

test("a chunk whose thread threw or died is a failed attempt, and the other chunks are stored", async () => {
  const { stages } = withThreads(async (chunk) => {
    if (chunk === 3) throw new ThreadDiedError("exit code 1");
    if (chunk === 5) throw new FailedInThreadError({ error: "Error: poison", permanent: false });
    if (chunk === 7) throw new FailedInThreadError({ error: "no such dtype", permanent: true });
  });
  const { computed, failures, retry } = await workOnOne(stages);
  expect(computed.toSorted()).toEqual([0, 1, 2, 4, 6, 8]);
  expect(failures.toSorted((a, b) => a.chunk - b.chunk)).toMatchObject([
    { chunk: 3, final: false, error: "Expected the thread to answer, it ended with exit code 1." },
    { chunk: 5, final: false, error: "Error: poison" },
    { chunk: 7, final: true, error: "no such dtype" },
  ]);
  expect(retry).toBe(true);
});

test("stores in flight grow with the threads", async () => {
  const { stages } = withThreads();
  const { put } = stages.store;
  let waiting: (() => void)[] = [];
  // No store ends before eight have begun: one thread's four would wait for ever.
  stages.store.put = async (key, bytes) => {
    if (key.includes("/c/")) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length < 8 && stages.store.puts.length < 8) return;
        for (const end of waiting) end();
        waiting = [];
      });
    }
    await put.call(stages.store, key, bytes);
  };
  expect((await workOnOne(stages)).computed.length).toBe(9);
});

test.each([
  [undefined, 1],
  ["128", 1],
  ["1769", 1],
  ["1792", 1],
  ["1950", 2],
  ["3008", 2],
  ["3538", 2],
  ["10240", 6],
])("with %s MB a worker has %i threads", (memoryMb, threads) => {
  expect(threadsFor(memoryMb === undefined ? {} : { memoryLimitInMB: memoryMb })).toBe(threads);
});
