import { expect, test } from "vitest";
import { CHECK_TURNS } from "../../../functions/aggregator/check.ts";
import { parseChunkMessage } from "../../../shared/messages/chunk-message.ts";
import { parseResultMessage } from "../../../shared/messages/chunk-report.ts";
import { sameBytes, storedArray, wholeArray } from "../../helpers/arrays.ts";
import { resolvedJob } from "../../helpers/kernels.ts";
import { idleCheck, JOB_OF_25_CHUNKS as request, Stages } from "../../helpers/stages.ts";

/** Delivers the check that waits longest, when it is due. */
async function nextCheck(stages: Stages) {
  const [check] = stages.results.sent.splice(0, 1);
  stages.clock.advance(1000 * (check?.delaySeconds ?? 0));
  return { delaySeconds: check?.delaySeconds, finished: await stages.aggregate(check?.body ?? "") };
}

async function deliverAll(stages: Stages) {
  for (const body of stages.chunks.take()) await stages.work(body);
  let finished: Awaited<ReturnType<Stages["aggregate"]>>;
  for (const body of stages.results.take()) finished = (await stages.aggregate(body)) ?? finished;
  return finished?.summary;
}

test("a message that was lost is issued again, and the job completes with the same bytes", async () => {
  const stages = new Stages();
  await stages.split(request);
  const [lost = "", ...others] = stages.chunks.take();
  for (const body of others) await stages.work(body);
  for (const body of stages.results.take()) await stages.aggregate(body);
  await nextCheck(stages);
  expect(stages.chunks.sent).toEqual([]); // the queue may have been empty for a moment only
  await nextCheck(stages);
  const issued = stages.chunks.sent.map(({ body }) => parseChunkMessage(body));
  expect(issued).toMatchObject([{ chunks: parseChunkMessage(lost).chunks, again: true, round: 0 }]);
  expect(await deliverAll(stages)).toMatchObject({ state: "complete", reissued: { chunks: 1, savedMs: 0 } });
  const job = resolvedJob(request);
  expect(sameBytes(await storedArray(stages.store, "j"), wholeArray(job))).toBe(true);
});

test("a report that was lost is made up for from what is stored, and nothing is computed again", async () => {
  const stages = new Stages();
  await stages.split(request);
  for (const body of stages.chunks.take()) await stages.work(body);
  for (const body of stages.results.take().slice(1)) await stages.aggregate(body);
  await nextCheck(stages);
  const { finished } = await nextCheck(stages);
  expect(stages.chunks.sent).toEqual([]);
  expect(finished?.summary).toMatchObject({
    ...{ state: "complete", unknownTimes: 1, reissued: { chunks: 0 } },
  });
});

test("a straggler's chunk is issued again, the first copy counts, and a late one tells what that saved", async () => {
  const stages = new Stages();
  await stages.split(request);
  const [straggling = "", ...others] = stages.chunks.take();
  stages.chunks.inFlight = 1;
  for (const body of others) await stages.work(body);
  for (const body of stages.results.take()) await stages.aggregate(body);
  await nextCheck(stages);
  await nextCheck(stages);
  stages.chunks.inFlight = 0;
  const summary = await deliverAll(stages);
  expect(summary).toMatchObject({ state: "complete", reissued: { chunks: 1, savedMs: 0 } });
  stages.clock.advance(60_000);
  await stages.work(straggling);
  const late = (await deliverAll(stages))!;
  expect(late).toEqual({
    ...summary,
    ...{ slowestChunk: late.slowestChunk, coldStarts: late.coldStarts },
    reissued: { chunks: 1, savedMs: late.reissued.savedMs },
  });
  expect(late.reissued.savedMs).toBeGreaterThan(60_000);
});

test("while messages wait, or a splitter still sends them, nothing is issued again", async () => {
  const stages = new Stages();
  await stages.split(request);
  for (let turn = 0; turn < 4; turn++) await nextCheck(stages);
  expect(stages.chunks.sent).toHaveLength(25);
  stages.chunks.take();
  stages.store.objects.delete("jobs/j/submitted.json");
  for (let turn = 0; turn < 4; turn++) await nextCheck(stages);
  expect(stages.chunks.sent).toEqual([]);
});

test("a chunk that is lost each time is issued three times more, then the last of eleven checks names it", async () => {
  const stages = new Stages();
  await stages.split(request);
  const [lost = "", ...others] = stages.chunks.take();
  for (const body of others) await stages.work(body);
  for (const body of stages.results.take()) await stages.aggregate(body);
  const delays: unknown[] = [];
  let issued = 0;
  for (;;) {
    const { delaySeconds, finished } = await nextCheck(stages);
    delays.push(delaySeconds);
    issued += stages.chunks.take().length;
    if (!finished) continue;
    expect(finished.summary).toMatchObject({ state: "incomplete", chunks: { failed: 1 } });
    expect(finished.summary.failures).toMatchObject([
      { chunk: parseChunkMessage(lost).chunks[0], error: expect.stringContaining("ever arrived") },
    ]);
    break;
  }
  expect(issued).toBe(3);
  expect(delays).toEqual([15, 30, 31, 31, 31, 480, 900, 900, 900, 900, 900]);
  expect(delays).toHaveLength(CHECK_TURNS);
  expect(stages.results.sent).toEqual([]);
});

test("a check of a complete job, or of an earlier round, ends the chain", async () => {
  const stages = new Stages();
  await stages.split(request);
  const [ofFirstRound] = stages.results.sent;
  await stages.split({ kind: "resume", jobId: "j" });
  stages.results.sent.splice(0);
  expect(await stages.aggregate(ofFirstRound?.body ?? "")).toBeUndefined();
  expect(stages.results.sent).toEqual([]);
  await stages.runToEnd();
  const check = JSON.stringify({ ...parseResultMessage(ofFirstRound?.body ?? ""), round: 1 });
  expect(await stages.aggregate(check)).toBeUndefined();
  expect(stages.results.sent).toEqual([]);
});

test("as long as reports still come somebody is at work, whatever the queue's counts say, and no check is the last", async () => {
  const stages = new Stages();
  await stages.split(request);
  const bodies = stages.chunks.take(); // counted as none waiting, none in flight
  expect(bodies.length).toBeGreaterThan(2 * CHECK_TURNS);
  let state: string | undefined;
  for (const body of bodies) {
    expect((await nextCheck(stages)).finished).toBeUndefined();
    await stages.work(body);
    for (const report of stages.results.take()) state = (await stages.aggregate(report))?.summary.state;
  }
  expect(stages.chunks.sent).toEqual([]);
  expect(state).toBe("complete");
});

test("where reports stop coming, as many checks follow as if none had come", async () => {
  const stages = new Stages();
  await stages.split(request);
  for (const body of stages.chunks.take().slice(0, 20)) {
    await nextCheck(stages);
    await stages.work(body);
    for (const report of stages.results.take()) await stages.aggregate(report);
  }
  const delays: unknown[] = [];
  for (let ended: unknown; !ended; ) {
    const { delaySeconds, finished } = await nextCheck(stages);
    delays.push(delaySeconds);
    stages.chunks.take();
    ended = finished;
  }
  expect(delays.slice(-5)).toEqual([900, 900, 900, 900, 900]);
});

/** A job of one chunk that could not be stored at its first attempt, which was reported. */
async function failedOnce() {
  const stages = new Stages();
  await stages.split({ ...request, chunk: [40, 50] });
  const [body = ""] = stages.chunks.take();
  stages.store.putIfAbsent = () => Promise.reject(new Error("not this time"));
  await nextCheck(stages);
  stages.clock.advance(14_000);
  await stages.work(body);
  for (const report of stages.results.take()) await stages.aggregate(report);
  return stages;
}

test("a chunk that waits for its next attempt is neither lost nor late", async () => {
  const stages = await failedOnce();
  await nextCheck(stages);
  expect(stages.chunks.sent).toEqual([]);
});

test("a sender that knows of no next attempt has the chunk issued again at once", async () => {
  const stages = await failedOnce();
  await stages.aggregate(idleCheck("j"));
  expect(stages.chunks.sent.map(({ body }) => parseChunkMessage(body).chunks)).toEqual([[0]]);
});

/** All messages are taken but none comes to anything; the heaviest should take 40 s. */
async function heavyJob(inFlight: number) {
  const stages = new Stages();
  await stages.split(request);
  const submitted = stages.store.json("jobs/j/submitted.json");
  await stages.store.put(
    "jobs/j/submitted.json",
    Buffer.from(JSON.stringify({ ...submitted, longestMs: 40_000 })),
  );
  stages.chunks.take();
  stages.chunks.inFlight = inFlight;
  return stages;
}

/** How long (s) after the first check, which finds no message waiting, the chunks are issued again. */
async function secondsUntilIssued(stages: Stages) {
  await nextCheck(stages);
  let waited = 0;
  while (stages.chunks.sent.length === 0) waited += (await nextCheck(stages)).delaySeconds ?? 0;
  return waited;
}

test("a worker at its message is waited for three times as long as the heaviest should take", async () => {
  expect(await secondsUntilIssued(await heavyJob(1))).toBe(3 * 40 + 1);
});

test("where no message is in flight, two delays of the first check are patience enough", async () => {
  expect(await secondsUntilIssued(await heavyJob(0))).toBe(2 * 15);
});

test("a message that was handed back for a while is not lost", async () => {
  const stages = await heavyJob(0);
  await stages.chunks.send(["handed back"], { delaySeconds: 60 });
  for (let turn = 0; turn < 4; turn++) await nextCheck(stages);
  expect(stages.chunks.sent).toHaveLength(1);
});

test("the check after the first that finds no message waiting comes when its patience ends, not later", async () => {
  const stages = new Stages();
  await stages.split(request);
  for (let turn = 0; turn < 3; turn++) await nextCheck(stages);
  stages.chunks.take();
  await nextCheck(stages);
  expect(stages.results.sent.map(({ delaySeconds }) => delaySeconds)).toEqual([2 * 15 + 1]);
});

test("each check names the submission that it is of, from the splitter's to the last", async () => {
  const stages = new Stages();
  await stages.split(request);
  const ofJobMs = stages.store.json("jobs/j/job.json").submittedAtMs;
  for (const found of [{ turn: 0 }, { waited: 1 }, { waited: 2 }, { turn: 1 }, { turn: 2 }]) {
    const [check] = stages.results.sent;
    expect(parseResultMessage(check?.body ?? "")).toMatchObject({ kind: "check", ofJobMs, ...found });
    if (found.waited === 2) stages.chunks.take();
    await nextCheck(stages);
  }
});
