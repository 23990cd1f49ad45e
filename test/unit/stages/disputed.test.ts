import { expect, test } from "vitest";
import { arraysOf } from "../../../shared/array/spec.ts";
import { encodeChunk } from "../../../shared/array/zarr-array.ts";
import { makeArray } from "../../../shared/kernels/dtype.ts";
import { resolvedJob } from "../../helpers/kernels.ts";
import { Stages } from "../../helpers/stages.ts";

const request = {
  kernel: "mandelbrot",
  grid: { axes: [{ from: -2.1, to: 0.7, count: 50 }] },
  chunk: [10],
  chunksPerMessage: 1,
  requestId: "j",
};
const KEY = "jobs/j/array/escape_time/c/3";

/** A job that is complete, but for a chunk with other values than another worker comes to. */
async function foreignChunk() {
  const stages = new Stages();
  await stages.split(request);
  const bodies = stages.chunks.take();
  const [array] = arraysOf(resolvedJob(request).spec);
  for (const body of bodies) await stages.work(body);
  stages.store.objects.set(KEY, encodeChunk(array!, 3, makeArray(array!.dtype, 10).fill(7)));
  for (const body of stages.results.take()) await stages.aggregate(body);
  expect(stages.store.json("jobs/j/summary.json")).toMatchObject({ state: "complete" });
  return { stages, bodies };
}

test("a job that seemed complete is not, once a worker comes to other values, and says which chunk", async () => {
  const { stages, bodies } = await foreignChunk();
  for (const body of bodies) await stages.work(body);
  for (const body of stages.results.take()) await stages.aggregate(body);
  const summary = stages.store.json("jobs/j/summary.json");
  expect(summary).toMatchObject({ state: "incomplete", chunks: { total: 5, done: 4, failed: 1 } });
  expect(summary.failures).toMatchObject([
    { chunk: 3, disputed: true, error: expect.stringContaining("`manyhands verify` tells which") },
  ]);
});

test("resuming does not hide it, until somebody has removed what was wrong", async () => {
  const { stages, bodies } = await foreignChunk();
  for (const body of bodies) await stages.work(body);
  for (const body of stages.results.take()) await stages.aggregate(body);
  expect(await stages.split({ kind: "resume", jobId: "j" })).toMatchObject({ chunks: 0 });
  expect((await stages.runToEnd())?.state).toBe("incomplete");
  stages.store.objects.delete(KEY);
  expect(await stages.split({ kind: "resume", jobId: "j" })).toMatchObject({ chunks: 1 });
  expect(await stages.runToEnd()).toMatchObject({ state: "complete", failures: [] });
});
