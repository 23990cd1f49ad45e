import { expect, test } from "vitest";
import { parseChunkMessage } from "../../../shared/messages/chunk-message.ts";
import { sameBytes, storedArray, wholeArray } from "../../helpers/arrays.ts";
import { fillMandelbrot, likeMandelbrot, resolvedJob } from "../../helpers/kernels.ts";
import { JOB_OF_25_CHUNKS as request, Stages } from "../../helpers/stages.ts";

const resumption = { kind: "resume", jobId: "j" };

/** Works off all that waits. Returns the last summary, and the chunks that were computed, not found. */
async function workOff(stages: Stages) {
  const computed: number[] = [];
  for (let bodies = stages.chunks.take(); bodies.length > 0; bodies = stages.chunks.take())
    for (const body of bodies) computed.push(...(await stages.work(body)).computed);
  let finished: Awaited<ReturnType<Stages["aggregate"]>>;
  for (const body of stages.results.take()) finished = (await stages.aggregate(body)) ?? finished;
  return { computed: computed.sort((a, b) => a - b), summary: finished?.summary };
}

/** A job of 25 chunks whose workers and aggregator got as far as told when all of it stopped. */
async function interrupted({ worked = 10, reported = 10 } = {}) {
  const stages = new Stages();
  await stages.split(request);
  for (const body of stages.chunks.take().slice(0, worked)) await stages.work(body);
  for (const body of stages.results.take().slice(0, reported)) await stages.aggregate(body);
  stages.results.sent.splice(0);
  return stages;
}

async function expectWhole(stages: Stages) {
  const job = resolvedJob(request);
  expect(sameBytes(await storedArray(stages.store, "j"), wholeArray(job))).toBe(true);
}

test("resuming computes what is not stored, and nothing else", async () => {
  const stages = await interrupted();
  const submission = await stages.split(resumption);
  expect(submission).toMatchObject({ round: 1, chunks: 15 });
  const { computed, summary } = await workOff(stages);
  expect(computed).toHaveLength(15);
  expect(summary).toMatchObject({ state: "complete", round: 1, chunks: { done: 25, failed: 0 } });
  await expectWhole(stages);
});

test("a chunk whose report never arrived is found, not computed", async () => {
  const stages = await interrupted({ worked: 12, reported: 10 });
  await stages.split(resumption);
  const { computed, summary } = await workOff(stages);
  expect(computed).toHaveLength(13);
  expect(summary).toMatchObject({ state: "complete", unknownTimes: 2 });
});

test("a stored chunk that is corrupt, or cut short, counts as missing although it was reported", async () => {
  const stages = await interrupted({ worked: 25, reported: 25 });
  const key = "jobs/j/array/escape_time/c/2/3";
  const bytes = stages.store.objects.get(key)!;
  for (const damaged of [bytes.map((byte, k) => (k === 5 ? byte ^ 1 : byte)), bytes.subarray(0, 9)]) {
    stages.store.objects.set(key, damaged);
    await stages.split(resumption);
    const { computed, summary } = await workOff(stages);
    expect(computed).toEqual([13]);
    expect(summary).toMatchObject({ state: "complete", chunks: { done: 25 } });
    await expectWhole(stages);
  }
});

test("a job that lacks nothing sends nothing, and is finished if nobody has finished it", async () => {
  const stages = await interrupted({ worked: 25, reported: 25 });
  stages.store.objects.delete("jobs/j/summary.json");
  expect(await stages.split(resumption)).toMatchObject({ chunks: 0, messages: 0, round: 0 });
  expect(stages.chunks.sent).toEqual([]);
  const { summary } = await workOff(stages);
  expect(summary).toMatchObject({ state: "complete", round: 0 });
});

test("failed chunks are tried again, and the job becomes complete once nothing is wrong with them any more", async () => {
  let isPoisoned = true;
  const moody = likeMandelbrot("moody", (window, out) => {
    if (isPoisoned && window.x[0] === -2.1) throw new Error("not today");
    fillMandelbrot(window, out);
  });
  const stages = new Stages([moody]);
  await stages.split({ ...request, kernel: "moody" });
  const bodies = stages.chunks.take();
  for (const body of bodies) {
    const { retry } = await stages.work(body);
    if (retry) await stages.bury(body);
  }
  expect((await workOff(stages)).summary).toMatchObject({ state: "incomplete", chunks: { failed: 5 } });
  isPoisoned = false;
  expect(await stages.split(resumption)).toMatchObject({ chunks: 5, round: 1 });
  const { computed, summary } = await workOff(stages);
  expect(computed).toEqual([0, 5, 10, 15, 20]);
  expect(summary).toMatchObject({ state: "complete", failures: [], chunks: { done: 25, failed: 0 } });
});

test("a splitter that broke off while it resumed is made up for by the next one", async () => {
  const stages = await interrupted();
  const send = stages.chunks.send.bind(stages.chunks);
  stages.chunks.send = async (bodies) => {
    await send([...bodies].slice(0, 4));
    throw new Error("killed");
  };
  await expect(stages.split(resumption)).rejects.toThrow("killed");
  stages.chunks.send = send;
  expect(await stages.split(resumption)).toMatchObject({ round: 2, chunks: 15 });
  const { computed, summary } = await workOff(stages);
  expect(computed).toHaveLength(15);
  expect(summary).toMatchObject({ state: "complete", round: 2 });
});

test("the time in which nobody worked is no part of the makespan", async () => {
  const stages = await interrupted();
  stages.clock.advance(24 * 3600_000);
  await stages.split(resumption);
  const { summary } = await workOff(stages);
  expect(summary?.makespanMs).toBeLessThan(60_000);
});

test("messages of the round before still count as work, but not as reports of this one", async () => {
  const stages = new Stages();
  await stages.split(request);
  const late = stages.chunks.take();
  await stages.split(resumption);
  for (const body of late) await stages.work(body);
  for (const body of stages.results.take()) expect(await stages.aggregate(body)).toBeUndefined();
  const { computed, summary } = await workOff(stages);
  expect(computed).toEqual([]);
  expect(summary).toMatchObject({ state: "complete", unknownTimes: 25 });
});

test("only the chunks of a job that exists are asked for, by single messages or packed", async () => {
  const stages = await interrupted();
  await expect(stages.split({ kind: "resume", jobId: "nobody" })).rejects.toThrow(
    'Expected jobId to be that of a job in the store, got "nobody".',
  );
  await expect(stages.split({ kind: "restart", jobId: "j" })).rejects.toThrow(/kind to be "resume"/);
  expect(stages.chunks.sent).toEqual([]);
  await stages.split(resumption);
  const asked = stages.chunks.sent.flatMap(({ body }) => parseChunkMessage(body).chunks);
  expect(new Set(asked).size).toBe(15);
});
