import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { InterruptedError, mountsOf } from "../../../client/engines/engine.ts";
import { type ThreadsOptions, threadsEngine } from "../../../client/engines/threads.ts";
import type { JobRequest } from "../../../shared/messages/job-request.ts";
import { FileStore } from "../../../shared/ports/file/file-store.ts";
import { jobKeys } from "../../../shared/ports/keys.ts";
import { runEngine } from "../../helpers/run-engine.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

const axis = { from: -1, to: 1, count: 40 };
const request: JobRequest = {
  ...{ kernel: "julia", grid: { axes: [axis, axis] }, chunk: [20, 20], chunksPerMessage: 1 },
  output: { plots: false },
};

/** Who computed the chunks. */
async function workersOf(job: JobRequest, options: Partial<ThreadsOptions> = {}): Promise<string[]> {
  const { summary, store } = await runEngine(threadsEngine(options), job);
  expect(summary.state).toBe("complete");
  const names = new Set<string>();
  for await (const key of store.list(jobKeys("job").reports)) {
    const text = Buffer.from((await store.get(key)) ?? []).toString();
    for (const [, name = ""] of text.matchAll(/"logStream": *"([^"]*)"/g))
      names.add(name.replace(/\d+/, "N"));
  }
  return [...names].sort();
}

test("a brief message that comes first is computed by the calling thread, while no other one is up", async () => {
  expect(await workersOf(request)).toContain("main");
});

test("messages that may take long are left to threads", async () => {
  expect(await workersOf({ ...request, parameters: { maxIterations: 1_000_000 } })).toEqual(["thread-N"]);
});

test("nothing is brief where nothing may be", async () => {
  expect(await workersOf(request, { brief: 0 })).toEqual(["thread-N"]);
});

/** 64 brief messages. */
const many: JobRequest = { ...request, chunk: [5, 5] };
const MANY_CHUNKS = 64;

async function storedChunks(folder: string): Promise<number> {
  let count = 0;
  for await (const _ of new FileStore(mountsOf("job", folder)).list(`${jobKeys("job").array}escape_time/c/`))
    count++;
  return count;
}

test("Ctrl-C is heard between two brief messages, however many workers there are", async () => {
  const folder = temporaryFolder();
  const controller = new AbortController();
  // Heard in the next turn of the loop, in which this thread may see to one more message.
  setTimeout(() => controller.abort(), 0);
  const run = runEngine(threadsEngine(), many, { workers: 64, signal: controller.signal, folder });
  await expect(run).rejects.toThrow(InterruptedError);
  expect(await storedChunks(folder)).toBeLessThan(MANY_CHUNKS / 2);
});

test("after an error nothing is computed any more", async () => {
  const folder = temporaryFolder();
  const errors = [new Error("no more")];
  const progress = {
    ...{ running: () => {}, buried: () => {}, counted: () => {}, fetching: () => {}, lost: () => {} },
    reported: () => {
      const error = errors.pop();
      if (error) throw error;
    },
  };
  const { signal } = new AbortController();
  const run = threadsEngine()({ jobId: "job", request: many, folder, workers: 2, progress, signal });
  await expect(run).rejects.toThrow("no more");
  const stored = await storedChunks(folder);
  for (let k = 0; k < MANY_CHUNKS; k++) await turn();
  expect(await storedChunks(folder)).toBe(stored);
});
