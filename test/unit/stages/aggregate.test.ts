import { expect, test } from "vitest";
import { readJob, readLedger } from "../../../functions/aggregator/aggregate.ts";
import { finish } from "../../../functions/aggregator/finish.ts";
import { failedByItself } from "../../../functions/aggregator/settle.ts";
import { SILENT_DEATH, summarize } from "../../../functions/aggregator/summarize.ts";
import { parseChunkMessage } from "../../../shared/messages/chunk-message.ts";
import { parseResultMessage } from "../../../shared/messages/chunk-report.ts";
import { writeFailures } from "../../../shared/record/segments.ts";
import { fillMandelbrot, likeMandelbrot } from "../../helpers/kernels.ts";
import { JOB_OF_25_CHUNKS as request, Stages } from "../../helpers/stages.ts";

const poisoned = likeMandelbrot("poisoned", (window, out) => {
  if (window.x[0] === -2.1 && window.y[0] === 1.3) throw new Error("poison");
  fillMandelbrot(window, out);
});

test("a job is complete when reports cover every chunk, and not before", async () => {
  const stages = new Stages();
  await stages.split({ ...request, output: { plots: true } });
  const bodies = stages.chunks.take();
  for (const body of bodies) await stages.work(body);
  const reports = stages.results.take();
  for (const body of reports.slice(0, -1)) expect(await stages.aggregate(body)).toBeUndefined();
  expect(stages.store.json("jobs/j/summary.json")).toBeUndefined();
  const finished = await stages.aggregate(reports.at(-1) ?? "");
  expect(finished?.summary).toMatchObject({
    state: "complete",
    chunks: { total: 25, done: 25, failed: 0 },
    elements: 2000,
  });
  expect([...stages.store.objects.keys()]).toEqual(
    expect.arrayContaining(["jobs/j/heatmap.png", "jobs/j/surface.png", "jobs/j/timeline.png"]),
  );
});

test("duplicates never make a job look complete", async () => {
  const stages = new Stages();
  await stages.split(request);
  const bodies = stages.chunks.take();
  for (const body of bodies.slice(0, -1)) await stages.work(body);
  await stages.work(bodies[0] ?? "");
  for (const body of stages.results.take()) expect(await stages.aggregate(body)).toBeUndefined();
  await stages.work(bodies.at(-1) ?? "");
  expect((await stages.aggregate(stages.results.take()[0] ?? ""))?.summary.state).toBe("complete");
});

test("finishing again from the store alone writes the same bytes", async () => {
  const stages = new Stages();
  await stages.split({ ...request, output: { npy: true } });
  await stages.runToEnd();
  const before = new Map(stages.store.objects);
  const job = await readJob("j", stages.store);
  await finish(job, await readLedger(job, stages.store), stages.ports);
  expect([...stages.store.objects.keys()].sort()).toEqual([...before.keys()].sort());
  for (const [key, bytes] of before)
    expect(Buffer.compare(stages.store.objects.get(key)!, bytes), key).toBe(0);
});

test("a poison chunk in a message of 20 costs exactly one failed chunk, named with its error and attempts", async () => {
  const stages = new Stages([poisoned]);
  await stages.split({ ...request, kernel: "poisoned", chunksPerMessage: 20 });
  await stages.workOff();
  const summary = stages.store.json("jobs/j/summary.json");
  expect(summary).toMatchObject({ state: "incomplete", chunks: { total: 25, done: 24, failed: 1 } });
  expect(summary.failures).toMatchObject([
    {
      chunk: 0,
      error: expect.stringMatching(/^Error: in the window y = .*: poison$/),
      attempts: 2,
      logStream: "worker-1",
    },
  ]);
});

test("a dead letter whose worker never spoke says so", async () => {
  const stages = new Stages();
  await stages.split({ ...request, chunksPerMessage: 25 });
  const [body = ""] = stages.chunks.take();
  const finished = await stages.bury(body);
  expect(finished?.summary).toMatchObject({ state: "failed", chunks: { done: 0, failed: 25 } });
  // Throttled at each delivery it never began.
  const error = expect.stringMatching(
    /killed, timed out or ran out of memory, or was throttled before it began$/,
  );
  expect(finished?.summary.failures[0]).toMatchObject({ error, attempts: 0 });
});

test.each([
  SILENT_DEATH,
  "The worker was killed, timed out or ran out of memory", // in stores of the last release
])("an attempt that told its error says more than that nobody knows: %s", async (silence) => {
  const stages = new Stages();
  await stages.split({ ...request, chunk: [40, 50] });
  const [body = ""] = stages.chunks.take();
  stages.store.putIfAbsent = () => Promise.reject(new Error("disk"));
  await stages.work(body);
  for (const report of stages.results.take()) await stages.aggregate(report);
  await writeFailures(stages.store, { jobId: "j", round: 0 }, [failedByItself(0, silence, 9)]);
  const job = await readJob("j", stages.store);
  const [failure] = summarize(job, await readLedger(job, stages.store)).failures;
  expect(failure).toMatchObject({ error: "Error: disk", attempts: 1, logStream: "worker-1" });
});

test("a dead letter whose chunk is stored is a lost report, not a failure", async () => {
  const stages = new Stages();
  await stages.split(request);
  const bodies = stages.chunks.take();
  for (const body of bodies) await stages.work(body);
  const [lost = "", ...others] = stages.results.take();
  for (const body of others) await stages.aggregate(body);
  const message = parseResultMessage(lost);
  const chunk = message.kind === "report" ? message.chunks[0]?.chunk : undefined;
  const letter = bodies.find((body) => parseChunkMessage(body).chunks.includes(chunk ?? -1)) ?? "";
  expect((await stages.bury(letter))?.summary).toMatchObject({ state: "complete", unknownTimes: 1 });
});

test("a stored chunk outranks a failure that was recorded before it", async () => {
  const stages = new Stages();
  await stages.split({ ...request, chunk: [40, 50] });
  const [body = ""] = stages.chunks.take();
  expect((await stages.bury(body))?.summary.state).toBe("failed");
  await stages.work(body);
  expect((await stages.aggregate(stages.results.take()[0] ?? ""))?.summary).toMatchObject({
    state: "complete",
    chunks: { failed: 0 },
  });
});

test("pictures and sums do not depend on how the array was cut", async () => {
  const pictures: Uint8Array[] = [];
  for (const chunk of [
    [8, 10],
    [40, 50],
    [3, 17],
  ]) {
    const stages = new Stages();
    await stages.split({ ...request, chunk, output: { plots: true } });
    await stages.runToEnd();
    pictures.push(stages.store.objects.get("jobs/j/heatmap.png")!);
  }
  expect(pictures.every((png) => Buffer.compare(png, pictures[0]!) === 0)).toBe(true);
});
