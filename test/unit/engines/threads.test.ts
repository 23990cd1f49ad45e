import { expect, test } from "vitest";
import { type ThreadsOptions, threadsEngine } from "../../../cli/engines/threads.ts";
import type { JobRequest } from "../../../shared/job.ts";
import { jobKeys } from "../../../shared/keys.ts";
import { runEngine } from "../../helpers/run-engine.ts";

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
