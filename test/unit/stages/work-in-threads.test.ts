import { expect, test } from "vitest";
import { FailedInThreadError } from "../../../functions/worker/chunk-threads.ts";
import { computeChunk } from "../../../functions/worker/compute.ts";
import { ThreadDiedError } from "../../../functions/worker/thread-pool.ts";
import { parseResultMessage } from "../../../shared/messages/chunk-report.ts";
import { KernelError } from "../../../shared/validation/errors.ts";
import { sameBytes, storedArray, wholeArray } from "../../helpers/arrays.ts";
import { builtIn, resolvedJob } from "../../helpers/kernels.ts";
import { Stages } from "../../helpers/stages.ts";

/** Nine chunks in one message. */
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
function withThreads(
  compute: (chunk: number) => Promise<unknown> = async () => {},
  pay: (estimatedMs: number | undefined, missed: number) => boolean = () => true,
) {
  const stages = new Stages();
  stages.workers = { memoryMb: 3538, timeoutSeconds: 60 };
  const given: number[] = [];
  let missed = 0;
  stages.threads = {
    size: 2,
    pay: (estimatedMs) => pay(estimatedMs, missed),
    missed: () => void missed++,
    async compute(job, chunk) {
      given.push(chunk);
      await compute(chunk);
      return computeChunk(job, chunk, builtIn(job.spec.kernel), stages.clock);
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
  expect(sameBytes(await storedArray(stages.store, "j"), wholeArray(resolvedJob(request)))).toBe(true);
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
  ["a single chunk", { chunksPerMessage: 1 }, true],
  ["chunks that are not worth a thread's start", {}, false],
])("a message of %s is computed without threads", async (_, change, pays) => {
  const { stages, given } = withThreads(undefined, () => pays);
  expect((await workOnOne(stages, change)).computed.length).toBeGreaterThan(0);
  expect(given).toEqual([]);
});

test("threads decide by the estimate that the splitter sent along", async () => {
  const estimates: unknown[] = [];
  const { stages } = withThreads(undefined, (estimatedMs) => estimates.push(estimatedMs) > 0);
  await workOnOne(stages);
  expect(estimates).toEqual([expect.any(Number)]);
  expect(estimates[0]).toBeGreaterThan(45); // nine chunks, 5 ms each for storing alone
});

test("where an estimate was far too low the rest of the message goes to threads, once they pay", async () => {
  const { stages, given } = withThreads(undefined, (_, missed) => missed >= 3);
  expect((await workOnOne(stages)).computed.length).toBe(9);
  expect(given.toSorted()).toEqual([3, 4, 5, 6, 7, 8]);
});

test("no thread is started for the last chunk of a message", async () => {
  const { stages, given } = withThreads(undefined, (_, missed) => missed >= 8);
  expect((await workOnOne(stages)).computed.length).toBe(9);
  expect(given).toEqual([]);
});

test("a chunk whose thread threw or died is a failed attempt, and the other chunks are stored", async () => {
  const { stages } = withThreads(async (chunk) => {
    if (chunk === 3) throw new ThreadDiedError("exit code 1");
    if (chunk === 5) throw new KernelError("Error: poison");
    if (chunk === 7)
      throw new FailedInThreadError({ error: "no such dtype", permanent: true, isKernels: false });
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
    if (key.includes("/escape_time/c/")) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        const stored = stages.store.puts.filter((key) => key.includes("/escape_time/c/")).length;
        if (waiting.length < 8 && stored < 8) return;
        for (const end of waiting) end();
        waiting = [];
      });
    }
    await put.call(stages.store, key, bytes);
  };
  expect((await workOnOne(stages)).computed.length).toBe(9);
});
