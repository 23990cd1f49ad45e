import { expect, test } from "vitest";
import { CHECK_TURNS } from "../../../functions/aggregator/check.ts";
import { parseChunkMessage } from "../../../shared/messages/chunk-message.ts";
import { checkMessage } from "../../../shared/messages/chunk-report.ts";
import { billedRequests, costOf, gbSecondsOf } from "../../../shared/plan/bill.ts";
import { pricesOf } from "../../../shared/plan/prices.ts";
import { cancelJob } from "../../../shared/record/control.ts";
import { sameBytes, storedArray, wholeArray } from "../../helpers/arrays.ts";
import { CountedStages } from "../../helpers/counted-stages.ts";
import { resolvedJob } from "../../helpers/kernels.ts";
import { idleCheck, JOB_OF_4_CHUNKS as request, Stages } from "../../helpers/stages.ts";

const DAY_MS = 24 * 3_600_000;

/** Delivers each check when it is due, as long as `goesOn`, and hands over the last summary that came of them. */
async function checksUntil(stages: Stages, isOver: (passedMs: number) => boolean) {
  const delays: number[] = [];
  let passedMs = 0;
  let summary: Awaited<ReturnType<Stages["runToEnd"]>>;
  while (!isOver(passedMs) && stages.results.sent.length > 0) {
    const [next] = stages.results.sent.splice(0, 1);
    const { body, delaySeconds } = next!;
    delays.push(delaySeconds);
    passedMs += 1000 * delaySeconds;
    stages.clock.advance(1000 * delaySeconds);
    summary = (await stages.aggregate(body))?.summary ?? summary;
  }
  return { delays, passedMs, summary };
}

/** As above, for that long. */
const checksFor = (stages: Stages, ms: number) => checksUntil(stages, (passedMs) => passedMs >= ms);

async function submitted(jobId = "j", stages = new Stages()) {
  await stages.split({ ...request, requestId: jobId });
  return stages;
}

test("a job that nobody works on for three days is settled by no check, and completes once workers come", async () => {
  const stages = await submitted();
  const { delays, summary } = await checksFor(stages, 3 * DAY_MS);
  expect(delays.slice(0, 8)).toEqual([15, 30, 60, 120, 240, 480, 900, 900]);
  expect(delays.length).toBeGreaterThan(3 * 96);
  expect(summary).toBeUndefined();
  expect(stages.store.puts.filter((key) => /failures|reissue|summary/.test(key))).toEqual([]);
  expect(stages.chunks.sent).toHaveLength(4);
  expect(stages.results.sent).toHaveLength(1);
  expect(await workOff(stages)).toMatchObject({
    ...{ state: "complete", failedAttempts: 0, reissued: { chunks: 0 } },
  });
  expect(sameBytes(await storedArray(stages.store, "j"), wholeArray(resolvedJob(request)))).toBe(true);
});

/** Works off both queues; the check that waits stays where it is. */
async function workOff(stages: Stages) {
  for (const body of stages.chunks.take()) await stages.work(body);
  let summary: Awaited<ReturnType<Stages["runToEnd"]>>;
  for (const body of stages.results.take()) summary = (await stages.aggregate(body))?.summary ?? summary;
  return summary;
}

test("eleven checks are counted from the moment that no message waits any more", async () => {
  const stages = await submitted();
  await checksFor(stages, 2 * DAY_MS);
  stages.chunks.take(); // workers that took them all, and were never heard of again
  const delays: number[] = [];
  let summary: Awaited<ReturnType<typeof workOff>>;
  while (!summary && stages.results.sent.length > 0) {
    const checked = await checksFor(stages, 1);
    delays.push(...checked.delays);
    summary = checked.summary;
    stages.chunks.take(); // what is issued again goes the same way
  }
  expect(summary).toMatchObject({ state: "failed", chunks: { failed: 4 } });
  // The check that was under way comes at its time, within four hours.
  const counted = delays.slice(delays.indexOf(31));
  expect(delays.length - counted.length).toBeLessThanOrEqual(16);
  expect(counted).toHaveLength(CHECK_TURNS - 1);
  expect(counted).toEqual([31, 31, 31, 31, 480, 900, 900, 900, 900, 900]);
});

test("where workers stop half-way, the rest waits for their return as the whole did", async () => {
  const stages = await submitted();
  const [first = ""] = stages.chunks.take().splice(0, 1);
  await stages.split({ ...request, requestId: "other" });
  await stages.work(first);
  await workReports(stages);
  const { summary } = await checksFor(stages, 3 * DAY_MS);
  expect(summary).toBeUndefined();
  expect(stages.store.puts.filter((key) => key.includes("failures"))).toEqual([]);
});

async function workReports(stages: Stages) {
  for (const body of stages.results.take()) await stages.aggregate(body);
}

test("a job that lost a message is not settled while another's wait, and goes on once none does", async () => {
  const stages = await submitted();
  const [lost = "", ...others] = stages.chunks.take();
  for (const body of others) await stages.work(body);
  await workReports(stages);
  await submitted("other", stages);
  stages.results.sent.splice(-1); // the other one's check
  await checksFor(stages, DAY_MS);
  expect(stages.chunks.sent).toHaveLength(4);
  stages.chunks.take();
  await checksUntil(stages, () => stages.chunks.sent.length > 0);
  const issued = stages.chunks.sent.map(({ body }) => parseChunkMessage(body));
  expect(issued).toMatchObject([{ jobId: "j", chunks: parseChunkMessage(lost).chunks, again: true }]);
  expect(await workOff(stages)).toMatchObject({ state: "complete", reissued: { chunks: 1 } });
});

test("in a queue that is never empty, what SQS has dropped by now is issued again three times, then named", async () => {
  const stages = await submitted();
  stages.chunks.take();
  await stages.chunks.send(["a message of another job"]);
  let issued = 0;
  const startMs = stages.clock.epochMs();
  let summary: Awaited<ReturnType<typeof workOff>>;
  while (!summary && stages.results.sent.length > 0) {
    const checked = await checksUntil(stages, () => {
      stages.clock.advance(DAY_MS / 4); // each check is late
      return stages.chunks.sent.length > 1;
    });
    summary = checked.summary;
    issued += stages.chunks.sent.splice(1).length;
    if (issued === 4) expect(stages.clock.epochMs() - startMs).toBeGreaterThan(14 * DAY_MS);
  }
  expect(issued).toBe(3 * 4);
  expect(summary).toMatchObject({ state: "failed", chunks: { failed: 4 } });
});

test("a job that is cancelled while its messages wait ends with the next check", async () => {
  const stages = await submitted();
  await checksFor(stages, DAY_MS);
  await cancelJob(stages.store, "j", stages.clock.epochMs());
  const { summary, delays } = await checksUntil(stages, () => false);
  expect(summary).toMatchObject({ state: "cancelled", chunks: { done: 0, failed: 0 } });
  expect(delays).toHaveLength(1);
});

test("who says that a job is idle, or wants the last word, while messages wait has nothing settled or sent", async () => {
  const stages = await submitted();
  stages.results.sent.splice(0);
  for (let times = 0; times < 9; times++) await stages.aggregate(idleCheck("j"));
  expect(stages.results.sent).toEqual([]);
  await stages.aggregate(checkMessage({ jobId: "j", round: 0, turn: CHECK_TURNS - 1 }));
  expect(stages.results.sent).toHaveLength(1);
  expect(stages.chunks.sent).toHaveLength(4);
  expect(await workOff(stages)).toMatchObject({ state: "complete" });
});

test("a dead letter is settled whatever waits, and the job with it once the others are worked on", async () => {
  const stages = await submitted();
  const [poison = "", ...others] = stages.chunks.take();
  await stages.chunks.send(others);
  await stages.bury(poison);
  expect((await checksFor(stages, 2 * DAY_MS)).summary).toBeUndefined();
  expect(await workOff(stages)).toMatchObject({ state: "incomplete", chunks: { done: 3, failed: 1 } });
});

test("a resumed round waits for workers as the first one did", async () => {
  const stages = await submitted();
  await stages.split({ kind: "resume", jobId: "j" });
  stages.chunks.sent.splice(0, 4);
  stages.results.sent.splice(0, 1);
  expect((await checksFor(stages, 5 * DAY_MS)).summary).toBeUndefined();
  expect(await workOff(stages)).toMatchObject({ state: "complete", round: 1 });
});

test("a day of waiting is 96 checks, six of which look at the job, for some tenths of a cent", async () => {
  const stages = new CountedStages();
  await submitted("j", stages);
  await checksFor(stages, DAY_MS);
  stages.countAnew();
  await checksFor(stages, DAY_MS);
  const { aggregator } = stages.made;
  // A mark of cancellation for each that came early, and job.json.
  expect(aggregator).toMatchObject({ invocations: 96, send: 96, depth: 6, get: 90 + 6, list: 3 * 6, put: 0 });
  // An environment that is started anew each time, for half a second with the deployment's 1,769 MB.
  const usage = { requests: billedRequests(aggregator), gbSeconds: 96 * gbSecondsOf(500, 1769), logBytes: 0 };
  const nothing = {
    ...usage,
    basis: "predicted" as const,
    requests: billedRequests(stages.made.worker),
    gbSeconds: 0,
  };
  const byStage = {
    splitter: nothing,
    worker: nothing,
    aggregator: { ...usage, basis: "predicted" as const },
  };
  const { usd } = costOf(byStage, { architecture: "arm64", memoryMb: 1769, prices: pricesOf("us-east-1") });
  expect(usd).toBeGreaterThan(0.001);
  expect(usd).toBeLessThan(0.0015);
});
