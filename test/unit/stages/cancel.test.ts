import { expect, test } from "vitest";
import { Cancellations } from "../../../functions/worker/cancellations.ts";
import { resumption } from "../../../shared/messages/resumption.ts";
import { cancelJob, readControl, readNextRound } from "../../../shared/record/control.ts";
import { Stages } from "../../helpers/stages.ts";

const request = (requestId: string) => ({
  ...{ requestId, kernel: "mandelbrot", chunk: [10, 10], chunksPerMessage: 2 },
  grid: {
    axes: [
      { from: 1.3, to: -1.3, count: 40 },
      { from: -2.1, to: 0.7, count: 50 },
    ],
  },
  output: { plots: false },
});

test("after a cancellation a job's messages drain unexecuted, and those of another job are worked on", async () => {
  const stages = new Stages();
  for (const id of ["stopped", "other"]) await stages.split(request(id));
  const bodies = stages.chunks.take();
  await stages.work(bodies[0] ?? "");
  await cancelJob(stages.store, "stopped", 0);
  const outcomes = await Promise.all(bodies.slice(1).map((body) => stages.work(body)));
  expect(outcomes.filter(({ cancelled }) => cancelled)).toHaveLength(9);
  expect(outcomes.every(({ retry, failures }) => !retry && failures.length === 0)).toBe(true);
  for (const body of stages.results.take()) await stages.aggregate(body);
  expect(stages.store.json("jobs/other/summary.json")).toMatchObject({ state: "complete" });
  expect(stages.store.json("jobs/stopped/summary.json")).toMatchObject({
    state: "cancelled",
    chunks: { total: 20, done: 2, failed: 0 },
  });
});

test("a check ends a cancelled job, with what it has, and ends its own chain", async () => {
  const stages = new Stages();
  await stages.split({ ...request("j"), output: { plots: true } });
  await cancelJob(stages.store, "j", 0);
  const [check] = stages.results.sent.splice(0);
  const finished = await stages.aggregate(check?.body ?? "");
  expect(finished?.summary).toMatchObject({ state: "cancelled", chunks: { done: 0 } });
  expect(stages.results.sent).toEqual([]);
  expect(stages.store.objects.has("jobs/j/heatmap.png")).toBe(true);
});

test("a cancelled job can be resumed, and messages of its first round stay cancelled", async () => {
  const stages = new Stages();
  await stages.split(request("j"));
  const [first = "", ...others] = stages.chunks.take();
  await stages.work(first);
  await cancelJob(stages.store, "j", 0);
  expect(await stages.split({ kind: "resume", jobId: "j" })).toMatchObject({ round: 2, chunks: 20 });
  for (const body of others) expect((await stages.work(body)).cancelled).toBe(true);
  const found: number[] = [];
  for (const body of stages.chunks.take()) found.push(...(await stages.work(body)).found);
  expect(found).toEqual([...found].sort((a, b) => a - b));
  expect(found).toHaveLength(2);
  let state: string | undefined;
  for (const body of stages.results.take()) state = (await stages.aggregate(body))?.summary.state ?? state;
  expect(state).toBe("complete");
});

test("a resumption that began before a cancellation is the one that it cancels, however late its splitter begins", async () => {
  const stages = new Stages();
  await stages.split(request("j"));
  const cancelled = stages.chunks.take().length;
  await cancelJob(stages.store, "j", 0);
  const round = await readNextRound(stages.store, "j", await readControl(stages.store, "j"));
  await cancelJob(stages.store, "j", 0);
  expect(await stages.split(resumption("j", { round }))).toMatchObject({
    round,
    chunks: 20,
    messages: 0,
    longestMs: 0,
  });
  // The next one passes it over, whatever it is told: that round has begun.
  expect(await stages.split(resumption("j", { round }))).toMatchObject({
    round: round + 1,
    messages: cancelled,
  });
});

test("a job whose last chunk is stored after all was not cancelled but complete", async () => {
  const stages = new Stages();
  await stages.split(request("j"));
  for (const body of stages.chunks.take()) await stages.work(body);
  await cancelJob(stages.store, "j", 0);
  let state: string | undefined;
  for (const body of stages.results.take()) state = (await stages.aggregate(body))?.summary.state ?? state;
  expect(state).toBe("complete");
});

test("a worker that cannot ask whether the job was cancelled goes on", async () => {
  const stages = new Stages();
  await stages.split(request("j"));
  const get = stages.store.get.bind(stages.store);
  stages.store.get = async (key) => {
    if (key.includes("/control/")) throw new Error("SlowDown");
    return get(key);
  };
  const [body = ""] = stages.chunks.take();
  expect(await stages.work(body)).toMatchObject({ cancelled: false, failures: [] });
});

test("an environment asks once a second whether a job was cancelled, however brief its messages are", async () => {
  const stages = new Stages();
  stages.cancellations = new Cancellations(stages.store, stages.clock);
  const asked: string[] = [];
  const get = stages.store.get.bind(stages.store);
  stages.store.get = async (key) => {
    if (key.includes("/control/")) asked.push(key);
    return get(key);
  };
  for (const id of ["stopped", "other"]) await stages.split(request(id));
  const [first = "", second = "", third = "", ...others] = stages.chunks.take();
  await stages.work(first);
  await cancelJob(stages.store, "stopped", 0);
  expect((await stages.work(second)).cancelled).toBe(false);
  expect(asked).toHaveLength(1);
  stages.clock.advance(1_000);
  expect((await stages.work(third)).cancelled).toBe(true);
  const outcomes = [];
  for (const body of others) outcomes.push(await stages.work(body));
  expect(outcomes.filter(({ cancelled }) => cancelled)).toHaveLength(7);
  expect(asked.filter((key) => key.startsWith("jobs/other/"))).toHaveLength(1);
});

test("a cancellation while resuming looks at what is missing cancels the round that is about to begin", async () => {
  const stages = new Stages();
  await stages.split(request("j"));
  for (const body of stages.chunks.take()) await stages.work(body);
  for (const body of stages.results.take()) await stages.aggregate(body);
  stages.store.objects.delete("jobs/j/array/escape_time/c/1/1");
  const list = stages.store.list.bind(stages.store);
  let isCancelled = false;
  stages.store.list = async function* (prefix) {
    // Between its look at what was decided and its end.
    if (prefix.includes("/array/") && !isCancelled) {
      isCancelled = true;
      stages.store.list = list;
      await cancelJob(stages.store, "j", 0);
    }
    yield* list(prefix);
  };
  const submission = await stages.split({ kind: "resume", jobId: "j" });
  expect({ isCancelled, ...submission }).toMatchObject({ isCancelled: true, chunks: 1, messages: 0 });
  expect(stages.chunks.take()).toEqual([]);
  const check = stages.results.sent.splice(0).at(-1);
  expect((await stages.aggregate(check?.body ?? ""))?.summary).toMatchObject({
    ...{ state: "cancelled", round: submission.round },
    chunks: { done: 19, failed: 0 },
  });
  // The next one is not.
  expect(await stages.split({ kind: "resume", jobId: "j" })).toMatchObject({ chunks: 1, messages: 1 });
});

test("a resumption takes its number above every round that was cancelled, and whoever cancels knows it", async () => {
  const stages = new Stages();
  await stages.split(request("j"));
  const rounds: number[] = [];
  for (let k = 0; k < 4; k++) {
    await cancelJob(stages.store, "j", 0);
    await cancelJob(stages.store, "j", 0);
    rounds.push((await stages.split({ kind: "resume", jobId: "j" })).round);
    for (const body of stages.chunks.take().slice(-1))
      expect((await stages.work(body)).cancelled).toBe(false);
  }
  expect(rounds).toEqual([...rounds].sort((a, b) => a - b));
  expect(new Set(rounds).size).toBe(4);
});
