import { join } from "node:path";
import { expect, test } from "vitest";
import { open, run } from "../../../api/index.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

test("the status of an aborted job has the chunks that it stored, as the abort's sentence says them", async () => {
  const out = join(temporaryFolder(), "out");
  const controller = new AbortController();
  const { signal } = controller;
  const options = { size: 100, chunk: [20, 20], engine: "serial", plots: false, out, signal } as const;
  const job = run("mandelbrot", {}, options);
  for await (const { done } of job) {
    if (done === 0) continue;
    controller.abort();
    break;
  }
  const error = await job.catch((reason: unknown) => reason);
  const stored = Number(/(\d+) of 9 chunks are stored/.exec(String(error))?.[1]);
  expect(stored).toBeGreaterThan(0);
  const { state, chunks } = await (await open(out)).status();
  expect({ state, chunks }).toEqual({ state: "unfinished", chunks: { total: 9, done: stored, failed: 0 } });
});
