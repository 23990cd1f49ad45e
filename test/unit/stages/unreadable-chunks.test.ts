import { expect, test } from "vitest";
import { CHECK_TURNS } from "../../../functions/aggregator/check.ts";
import { checkMessage } from "../../../shared/messages/chunk-report.ts";
import { AwsError } from "../../../shared/ports/aws/aws-error.ts";
import { jobKeys } from "../../../shared/ports/keys.ts";
import { idleCheck, JOB_OF_25_CHUNKS as request, Stages } from "../../helpers/stages.ts";

const keys = jobKeys("j");
const CHUNK = 13;
const KEY = `${keys.array}escape_time/c/2/3`;
const REASON = /^The stored chunk cannot be read: .*AccessDenied from s3 GetObject \(403\)/;

/** A store that does not give the chunk out, as S3 answers it. */
function stagesWithout(status = 403, code = "AccessDenied") {
  const stages = new Stages();
  const get = stages.store.get.bind(stages.store);
  stages.store.get = async (key) => {
    if (key === KEY) throw new AwsError("s3 GetObject", status, code, "no");
    return get(key);
  };
  return stages;
}

const aggregateAll = async (stages: Stages) => {
  for (const body of stages.results.take()) await stages.aggregate(body);
};
const summaryIn = (stages: Stages) => stages.store.json(keys.summary);
const failed = expect.objectContaining({ chunk: CHUNK, error: expect.stringMatching(REASON) });

test("the dead letter of a chunk that the store does not give out ends it, with the store's reason", async () => {
  const stages = stagesWithout();
  await stages.split(request);
  const bodies = stages.chunks.take();
  stages.store.objects.set(KEY, new Uint8Array([1]));
  for (const body of bodies) if ((await stages.work(body)).retry) await stages.bury(body);
  await aggregateAll(stages);
  expect(summaryIn(stages)).toMatchObject({ state: "incomplete", failures: [failed] });
});

test("the last check settles every chunk even where the store is out of order", async () => {
  const stages = stagesWithout(503, "SlowDown");
  await stages.split(request);
  for (const body of stages.chunks.take()) await stages.work(body);
  for (const body of stages.results.take())
    if (!body.includes(`"chunk":${CHUNK},`)) await stages.aggregate(body);
  const check = (turn: number) => stages.aggregate(checkMessage({ jobId: "j", round: 0, turn }));
  await expect(stages.bury(JSON.stringify(messageOf(CHUNK, stages)))).rejects.toThrow("SlowDown");
  expect(summaryIn(stages)).toBeUndefined();
  await check(CHECK_TURNS - 1);
  expect(summaryIn(stages)).toMatchObject({
    state: "incomplete",
    failures: [{ chunk: CHUNK, error: expect.stringContaining("cannot be read: SlowDown") }],
  });
});

test("resuming gives it to a worker, whose attempts fail, and ends; nothing else is computed", async () => {
  const stages = stagesWithout();
  await stages.split(request);
  for (const body of stages.chunks.take()) await stages.work(body);
  await aggregateAll(stages);
  expect(await stages.split({ kind: "resume", jobId: "j" })).toMatchObject({ chunks: 1 });
  for (const body of stages.chunks.take()) {
    const outcome = await stages.work(body);
    expect(outcome).toMatchObject({ computed: [], retry: true });
    await stages.bury(body);
  }
  await aggregateAll(stages);
  expect(summaryIn(stages)).toMatchObject({ state: "incomplete", chunks: { done: 24, failed: 1 } });
});

test("an export finds it, leaves a hole, and the summary says so", async () => {
  const stages = stagesWithout();
  await stages.split({ ...request, output: { npy: true, plots: false } });
  for (const body of stages.chunks.take()) await stages.work(body);
  await aggregateAll(stages);
  expect(summaryIn(stages)).toMatchObject({ state: "incomplete", failures: [failed] });
  const npy = Buffer.from(stages.store.objects.get(keys.npy)!);
  const cell = npy.length - 2 * 40 * 50 + 2 * (16 * 50 + 30);
  expect(npy.readUInt16LE(cell)).toBe(0xffff);
});

test("where nothing is under way, three issues that come to nothing are the end of it", async () => {
  const stages = new Stages();
  await stages.split(request);
  const [, ...others] = stages.chunks.take();
  for (const body of others) await stages.work(body);
  await aggregateAll(stages);
  for (let issue = 0; issue < 3; issue++) {
    await stages.aggregate(idleCheck("j"));
    expect(stages.chunks.take()).toHaveLength(1);
    expect(summaryIn(stages)).toBeUndefined();
  }
  await stages.aggregate(idleCheck("j"));
  expect(summaryIn(stages)).toMatchObject({ state: "incomplete", chunks: { done: 24, failed: 1 } });
  expect(stages.results.sent.filter(({ body }) => body.includes('"isIdle":true'))).toEqual([]);
});

function messageOf(chunk: number, stages: Stages) {
  return { version: 1, jobId: "j", spec: stages.store.json(keys.job).spec, chunks: [chunk] };
}
