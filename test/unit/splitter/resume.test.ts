import { expect, test } from "vitest";
import { split } from "../../../functions/splitter/split.ts";
import { parseChunkMessage } from "../../../shared/messages/chunk-message.ts";
import { parseResultMessage, type ReportMessage } from "../../../shared/messages/chunk-report.ts";
import { jobKeys } from "../../../shared/ports/keys.ts";
import { writeMissing } from "../../../shared/record/control.ts";
import { writeSegments } from "../../../shared/record/segments.ts";
import { chunkReport, JOB_OF_25_CHUNKS, Stages } from "../../helpers/stages.ts";

const keys = jobKeys("j");
const CHUNK_KEY = (chunk: number) => `${keys.array}escape_time/c/${Math.floor(chunk / 5)}/${chunk % 5}`;
const ALL = Array.from({ length: 25 }, (_, chunk) => chunk);
const reportOf = (chunk: number, round = 0): ReportMessage => ({
  ...(parseResultMessage(chunkReport("j", chunk)) as ReportMessage),
  round,
});

/** A job of 25 chunks, all of them stored and reported, and how its stored chunks are read from then on. */
async function complete(chunksPerMessage = 1) {
  const stages = new Stages();
  const { store } = stages;
  await stages.split({ ...JOB_OF_25_CHUNKS, chunksPerMessage });
  for (const body of stages.chunks.take()) await stages.work(body);
  for (const body of stages.results.take()) await stages.aggregate(body);
  stages.results.sent.length = 0;
  const reads = { count: 0, underWay: 0, most: 0 };
  const get = store.get.bind(store);
  store.get = async (key, mostBytes) => {
    if (!key.includes("escape_time/c/")) return get(key, mostBytes);
    reads.count++;
    reads.most = Math.max(reads.most, ++reads.underWay);
    await new Promise(setImmediate);
    reads.underWay--;
    return get(key, mostBytes);
  };
  const asked = () => stages.chunks.take().flatMap((body) => parseChunkMessage(body).chunks);
  const resume = (more: object = {}, ports: object = {}) =>
    split({ kind: "resume", jobId: "j", ...more }, "unused", { ...stages.ports, ...ports });
  return { stages, store, reads, asked, resume };
}

test("a job that lacks nothing is looked at, once, as it was submitted", async () => {
  const { stages, resume, store, reads } = await complete();
  const { submittedAtMs } = store.json(keys.job);
  expect(await resume()).toEqual({
    ...{ version: 1, jobId: "j", submittedAtMs: expect.any(Number), ramp: "mapping", round: 0 },
    ...{ chunks: 0, messages: 0, drainers: 0, longestMs: 0 },
  });
  expect(
    stages.results.sent.map(({ body, delaySeconds }) => [parseResultMessage(body), delaySeconds]),
  ).toEqual([[{ kind: "check", version: 1, jobId: "j", round: 0, turn: 0, ofJobMs: submittedAtMs }, 0]]);
  expect(reads).toMatchObject({ count: 25, most: 25 });
});

test("chunks that are not stored, damaged, or not reported are asked for", async () => {
  const { stages, store, asked, resume } = await complete();
  store.objects.set(CHUNK_KEY(3), new Uint8Array(9));
  store.objects.delete(CHUNK_KEY(20));
  for (const key of store.objects.keys()) if (key.startsWith(keys.reports)) store.objects.delete(key);
  const reported = ALL.filter((chunk) => chunk !== 11).map((chunk) => reportOf(chunk));
  await writeSegments(store, "j", [...reported, reportOf(25), reportOf(99)]);
  expect(await resume()).toMatchObject({ chunks: 3, round: 1 });
  expect(asked().sort((a, b) => a - b)).toEqual([3, 11, 20]);
  const [missing = ""] = [...store.objects.keys()].filter((key) => key.includes("missing-1-3"));
  expect([...Buffer.from(store.json(missing).chunks, "base64")]).toEqual([1 << 3, 1 << 3, 1 << 4]);
  expect(stages.results.sent).toHaveLength(1);
});

test("one message asks for them in their order, and says that they may be stored", async () => {
  const { stages, store, resume } = await complete(25);
  store.objects.set(CHUNK_KEY(3), new Uint8Array(9));
  for (const chunk of [11, 20]) store.objects.delete(CHUNK_KEY(chunk));
  await resume();
  expect(stages.chunks.take().map((body) => parseChunkMessage(body))).toMatchObject([
    { chunks: [3, 11, 20], again: true, round: 1 },
  ]);
});

test("a job that is not in the store cannot go on", async () => {
  const { resume } = await complete();
  await expect(resume({ jobId: "nobody" })).rejects.toThrow(
    'Expected jobId to be that of a job in the store, got "nobody".',
  );
});

test("what an earlier round reported of a chunk that was missing later is not a report of it", async () => {
  const { store, asked, resume } = await complete();
  await writeMissing(store, "j", 1, { atMs: 1, chunks: [4, 7] });
  await writeSegments(store, "j", [reportOf(7, 1)]);
  expect(await resume()).toMatchObject({ chunks: 1, round: 2 });
  expect(asked()).toEqual([4]);
});

test("chunks that there is no time to read are for the workers to look at", async () => {
  const { reads, resume } = await complete();
  const reserved = 11 * 60_000;
  expect(await resume({}, { remainingMs: () => reserved })).toMatchObject({ chunks: 0 });
  expect(reads.count).toBe(25);
  expect(await resume({}, { remainingMs: () => reserved - 1 })).toMatchObject({ chunks: 25 });
  expect(reads.count).toBe(25);
});

test.each([
  ["thirty-two small chunks", 40, 1, 32],
  ["four of 32 MiB", 8, 4096, 4],
  ["two of the largest", 4, 5792, 2],
])("%s are read at a time", async (_, count, side, most) => {
  const stages = new Stages();
  const axes = [count * side, side].map((each) => ({ from: 0, to: 1, count: each }));
  const chunk = [side, side];
  await stages.split({ ...JOB_OF_25_CHUNKS, grid: { axes }, chunk });
  const { store } = stages;
  const chunkKeys = Array.from({ length: count }, (_, k) => `${keys.array}escape_time/c/${k}/0`);
  for (const key of chunkKeys) store.objects.set(key, new Uint8Array(1));
  await writeSegments(
    store,
    "j",
    chunkKeys.map((_, chunk) => reportOf(chunk)),
  );
  const get = store.get.bind(store);
  let [underWay, highest] = [0, 0];
  store.get = async (key, mostBytes) => {
    if (!chunkKeys.includes(key)) return get(key, mostBytes);
    highest = Math.max(highest, ++underWay);
    await new Promise(setImmediate);
    underWay--;
    return get(key, mostBytes);
  };
  expect(await stages.split({ kind: "resume", jobId: "j" })).toMatchObject({ chunks: count });
  expect(highest).toBe(most);
});

test("the round that was foreseen is taken, unless it has begun since", async () => {
  const { store, resume } = await complete();
  const damage = () => store.objects.set(CHUNK_KEY(3), new Uint8Array(9));
  damage();
  expect(await resume({ round: 5 })).toMatchObject({ round: 5 });
  damage();
  expect(await resume({ round: 5 })).toMatchObject({ round: 6 });
});

test("a job has a last round, and a sentence after it", async () => {
  const { store, resume } = await complete();
  store.objects.set(CHUNK_KEY(3), new Uint8Array(9));
  expect(await resume({ round: 999_999 })).toMatchObject({ round: 999_999 });
  await expect(resume()).rejects.toThrow(
    'Expected job to be one that was resumed less than 999999 times, got "j". What lies in its control/, or summary.json, names the last round that there is.',
  );
});
