import { expect, test } from "vitest";
import { jobKeys } from "../../../shared/ports/keys.ts";
import { writeSegments } from "../../../shared/record/segments.ts";
import { chunkReport, idleCheck, JOB_OF_25_CHUNKS as request, Stages } from "../../helpers/stages.ts";

const keys = jobKeys("j");

async function worked(extra: object = {}) {
  const stages = new Stages();
  await stages.split({ ...request, ...extra });
  for (const body of stages.chunks.take()) await stages.work(body);
  return stages;
}

const aggregateAll = async (stages: Stages) => {
  for (const body of stages.results.take()) await stages.aggregate(body);
};

test("forged reports of chunks that nobody stored complete nothing", async () => {
  const stages = new Stages();
  await stages.split(request);
  for (let chunk = 0; chunk < 25; chunk++) await stages.aggregate(chunkReport("j", chunk));
  expect(stages.store.json(keys.summary)).toBeUndefined();
  for (const body of stages.chunks.take()) await stages.work(body);
  await aggregateAll(stages);
  expect(stages.store.json(keys.summary)).toMatchObject({ state: "complete", chunks: { done: 25 } });
});

test("a chunk that was removed after its report is computed again before the job is complete", async () => {
  const stages = await worked();
  stages.store.objects.delete(`${keys.array}escape_time/c/2/3`);
  await aggregateAll(stages);
  expect(stages.store.json(keys.summary)).toBeUndefined();
  await stages.aggregate(idleCheck("j"));
  const [again = "", ...more] = stages.chunks.take();
  expect(more).toEqual([]);
  expect((await stages.work(again)).computed).toEqual([13]);
  await aggregateAll(stages);
  expect(stages.store.json(keys.summary)).toMatchObject({ state: "complete", reissued: { chunks: 1 } });
});

test("a chunk that turns out to be corrupt as the array is exported is computed again, then the export is whole", async () => {
  const stages = await worked({ output: { npy: true, plots: false } });
  const key = `${keys.array}escape_time/c/0/1`;
  const whole = stages.store.objects.get(key)!;
  stages.store.objects.set(key, whole.slice(3));
  await aggregateAll(stages);
  expect(stages.store.json(keys.summary)).toBeUndefined();
  for (const body of stages.chunks.take()) expect((await stages.work(body)).computed).toEqual([1]);
  await aggregateAll(stages);
  expect(stages.store.json(keys.summary)).toMatchObject({ state: "complete" });
  expect(stages.store.objects.get(key)).toEqual(whole);
});

test("one that is corrupt each time has failed in the end", async () => {
  const stages = await worked({ output: { npy: true, plots: false } });
  const key = `${keys.array}escape_time/c/0/1`;
  const { store } = stages;
  const get = store.get.bind(store);
  store.get = async (asked) => (asked === key ? new Uint8Array(9) : get(asked));
  await aggregateAll(stages);
  for (let issue = 0; issue < 3; issue++) {
    const bodies = stages.chunks.take();
    expect(bodies).toHaveLength(1);
    for (const body of bodies) await stages.work(body);
    await aggregateAll(stages);
  }
  expect(store.json(keys.summary)).toMatchObject({
    ...{ state: "incomplete", chunks: { done: 24, failed: 1 } },
    failures: [{ chunk: 1, error: expect.stringContaining("corrupt") }],
  });
});

test("one flipped bit in what was reported is noticed, and what is stored is looked up instead", async () => {
  const untouched = await worked({ output: { plots: true } });
  await aggregateAll(untouched);
  const stages = await worked({ output: { plots: true } });
  const reports = stages.results.take();
  for (const body of reports.slice(0, -1)) await stages.aggregate(body);
  const [segment = ""] = [...stages.store.objects.keys()].filter((key) => key.startsWith(keys.reports));
  const bytes = stages.store.objects.get(segment)!;
  const tile = Buffer.from(bytes).indexOf('"tile": "') + 12;
  // Another letter of base64, so that everything can still be read.
  stages.store.objects.set(segment, bytes.with(tile, bytes[tile] === 66 ? 67 : 66));
  await stages.aggregate(reports.at(-1)!);
  expect(stages.store.json(keys.summary)).toBeUndefined();
  await stages.aggregate(idleCheck("j"));
  expect(stages.chunks.take()).toEqual([]);
  expect(stages.store.json(keys.summary)).toMatchObject({ state: "complete", unknownTimes: 1 });
  const heatmap = keys.picture("heatmap");
  expect(untouched.store.objects.get(heatmap)).toBeDefined();
  expect(stages.store.objects.get(heatmap)).toEqual(untouched.store.objects.get(heatmap));
});

test("a report of another job among this one's tells nothing", async () => {
  const stages = await worked();
  const foreign = JSON.parse(chunkReport("other", 0));
  foreign.chunks[0].sum = 1e6;
  await writeSegments(stages.store, "j", [foreign]);
  await aggregateAll(stages);
  const { sum } = stages.store.json(keys.summary);
  const untouched = await worked();
  await aggregateAll(untouched);
  expect(sum).toBe(untouched.store.json(keys.summary).sum);
});
