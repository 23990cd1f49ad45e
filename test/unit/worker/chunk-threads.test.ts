import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { twins } from "../../../client/kernels/loader.ts";
import {
  chunkThreads,
  FailedInThreadError,
  ThreadIsUpError,
} from "../../../functions/worker/chunk-threads.ts";
import { ThreadDiedError } from "../../../functions/worker/thread-pool.ts";
import type { ReportedJob } from "../../../shared/record/stored-chunk.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

const job = { spec: {}, output: {} } as ReportedJob;

/** The threads of a worker whose bundle ends its loading with an error of that name, once it serves chunks. */
function threadsOf(size: number, nameOfError = new ThreadIsUpError().name) {
  const file = join(temporaryFolder(), "bundle.cjs");
  writeFileSync(
    file,
    `const { parentPort, workerData } = require("node:worker_threads");
    const exported = WebAssembly.Module.exports(workerData.twins).map(({ name }) => name);
    parentPort.on("message", ({ chunk }) => {
      const failed = { error: "Error: chunk " + chunk, permanent: chunk === 8 };
      parentPort.postMessage(chunk >= 8 ? { failed } : { computed: { chunk, exported, arguments: process.argv.slice(2) } });
    });
    throw Object.assign(new Error("loaded"), { name: ${JSON.stringify(nameOfError)} });`,
  );
  return chunkThreads(size, file, () => ({ twins: twins() }));
}

test("a thread runs the worker's own bundle, told by its argument, with the twins that its worker compiled", async () => {
  expect(await threadsOf(2).compute(job, 3)).toEqual({
    chunk: 3,
    exported: expect.arrayContaining(["memory", "escapeTimes", "timesToFlip"]),
    arguments: ["chunk-thread"],
  });
});

test("what failed in a thread is an error with its sentence, and says whether it is for good", async () => {
  const threads = threadsOf(2);
  for (const [chunk, permanent] of [
    [8, true],
    [9, false],
  ] as const) {
    const failed = await threads.compute(job, chunk).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(FailedInThreadError);
    expect(failed).toMatchObject({ message: `Error: chunk ${chunk}`, permanent });
  }
});

test("a bundle that cannot be loaded ends its thread, with the reason", async () => {
  const failed = await threadsOf(2, "TypeError")
    .compute(job, 0)
    .catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(ThreadDiedError);
  expect(failed).toMatchObject({ message: expect.stringContaining("loaded") });
});

test("threads pay once a message is heavy, or enough was computed without them, or they run", async () => {
  const threads = threadsOf(2);
  expect(threads.size).toBe(2);
  expect([threads.pay(), threads.pay(450), threads.pay(451)]).toEqual([false, false, true]);
  threads.missed(100);
  expect(threads.pay()).toBe(false);
  threads.missed(51);
  expect(threads.pay()).toBe(true);
  const started = threadsOf(2);
  await started.compute(job, 0);
  expect(started.pay()).toBe(true);
});
