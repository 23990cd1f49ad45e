import { expect, test } from "vitest";
import { CHECK_TURNS } from "../../../functions/aggregator/check.ts";
import { arraysOf } from "../../../shared/array/spec.ts";
import { encodeChunk } from "../../../shared/array/zarr-array.ts";
import { makeArray } from "../../../shared/kernels/dtype.ts";
import { checkMessage } from "../../../shared/messages/chunk-report.ts";
import { cancelJob } from "../../../shared/record/control.ts";
import { fillMandelbrot, likeMandelbrot, resolvedJob } from "../../helpers/kernels.ts";
import { JOB_OF_25_CHUNKS as request, Stages } from "../../helpers/stages.ts";

const resumption = { kind: "resume", jobId: "j" };
const summaryIn = (stages: Stages) => stages.store.json("jobs/j/summary.json");

async function aggregateAll(stages: Stages) {
  for (const body of stages.results.take()) await stages.aggregate(body);
}

/** Puts other values where chunk 0 is stored. */
function storeForeign(stages: Stages): void {
  const [array] = arraysOf(resolvedJob(request).spec);
  stages.store.objects.set(
    "jobs/j/array/escape_time/c/0/0",
    encodeChunk(array!, 0, makeArray(array!.dtype, 80).fill(7)),
  );
}

test("a job that broke off before its metadata were stored has them once it is resumed", async () => {
  const stages = new Stages();
  const put = stages.store.put.bind(stages.store);
  stages.store.put = async (key, bytes) => {
    if (key.endsWith("zarr.json")) throw new Error("SlowDown");
    return put(key, bytes);
  };
  await expect(stages.split(request)).rejects.toThrow("SlowDown");
  stages.store.put = put;
  await stages.split(resumption);
  expect((await stages.runToEnd())?.state).toBe("complete");
  expect(stages.store.objects.has("jobs/j/array/zarr.json")).toBe(true);
});

test("a check of a job that was deleted has nothing to say of a new one of its id", async () => {
  const stages = new Stages();
  await stages.split(request);
  const ofJobMs = stages.store.json("jobs/j/job.json").submittedAtMs;
  stages.store.objects.clear();
  stages.clock.advance(3_600_000);
  await stages.split(request);
  stages.chunks.take();
  const last = checkMessage({ jobId: "j", round: 0, turn: CHECK_TURNS - 1, ofJobMs });
  expect(await stages.aggregate(last)).toBeUndefined();
  expect(summaryIn(stages)).toBeUndefined();
});

test("a worker of an earlier round that comes to other values is heard", async () => {
  const stages = new Stages();
  await stages.split(request);
  const late = stages.chunks.take();
  await stages.split(resumption);
  for (const body of stages.chunks.take()) await stages.work(body);
  storeForeign(stages);
  await aggregateAll(stages);
  expect(summaryIn(stages).state).toBe("complete");
  await stages.work(late.find((body) => JSON.parse(body).chunks[0] === 0)!);
  await aggregateAll(stages);
  expect(summaryIn(stages)).toMatchObject({ state: "incomplete", failures: [{ chunk: 0, disputed: true }] });
});

test("wrong values are nothing to be content with, whatever share may be missing", async () => {
  const stages = new Stages();
  await stages.split({ ...request, allowMissing: 0.05 });
  const bodies = stages.chunks.take();
  for (const body of bodies) await stages.work(body);
  storeForeign(stages);
  for (const body of bodies) await stages.work(body);
  await aggregateAll(stages);
  expect(summaryIn(stages)).toMatchObject({ state: "incomplete", tolerated: false });
});

test("a share is what it says: 29 of 100 are 29 %", async () => {
  const poison = likeMandelbrot("poison", (window, out) => {
    if (window.x[0]! < 28.5) throw new Error("no");
    fillMandelbrot(window, out);
  });
  const stages = new Stages([poison]);
  const grid = { axes: [{ from: 0, to: 100, count: 100 }] };
  await stages.split({ ...request, kernel: "poison", grid, chunk: [1], allowMissing: 0.29 });
  for (const body of stages.chunks.take()) await stages.work(body);
  for (const body of stages.chunks.take()) await stages.work(body); // those that failed, once more
  await aggregateAll(stages);
  expect(summaryIn(stages)).toMatchObject({ tolerated: true, chunks: { failed: 29 } });
});

test("a cancelled job counts what is stored and not reported, and exports nothing until it is resumed", async () => {
  const stages = new Stages();
  await stages.split({ ...request, output: { npy: true, plots: false } });
  for (const body of stages.chunks.take().slice(0, 10)) await stages.work(body);
  await cancelJob(stages.store, "j", 0);
  const check = stages.results.sent.find(({ body }) => JSON.parse(body).kind === "check");
  await stages.aggregate(check?.body ?? "");
  expect(summaryIn(stages)).toMatchObject({ state: "cancelled", chunks: { done: 10 } });
  expect(stages.store.puts.filter((key) => key.endsWith(".npy"))).toEqual([]);
});

test("a report that a power cut left unreadable costs a look at what is stored, not the job", async () => {
  const stages = new Stages();
  await stages.split(request);
  for (const body of stages.chunks.take()) await stages.work(body);
  await aggregateAll(stages);
  const [segment = ""] = [...stages.store.objects.keys()].filter((key) => key.includes("/reports/"));
  stages.store.objects.set(segment, new Uint8Array());
  expect(await stages.split(resumption)).toMatchObject({ chunks: 1, round: 1 });
  const [message = ""] = stages.chunks.take();
  expect((await stages.work(message)).found).toHaveLength(1);
  await aggregateAll(stages);
  expect(summaryIn(stages)).toMatchObject({ state: "complete", round: 1, unknownTimes: 1 });
});
