import { expect, test } from "vitest";
import { exitCodeOfJob } from "../../../cli/terminal/exit-codes.ts";
import { resumption } from "../../../shared/messages/resumption.ts";
import { cancelJob } from "../../../shared/record/control.ts";
import { joined, mapRequest, splitMap, workWithin } from "../../helpers/map.ts";
import { idleCheck } from "../../helpers/stages.ts";

/** Odd numbers fail. */
const halve = (n: number) => {
  if (n % 2 === 1) throw new Error(`${n} is odd`);
  return n / 2;
};

const FAILED = expect.stringMatching(/^Error: \d+ is odd$/);

test("every item has its line, in order: a value, or the error of its own", async () => {
  const { stages, bodies } = await splitMap(8, halve);
  expect(bodies).toHaveLength(3);
  for (const body of bodies) await stages.work(body);
  let ended: Awaited<ReturnType<typeof stages.aggregate>>;
  for (const body of stages.results.take().reverse()) ended = (await stages.aggregate(body)) ?? ended;
  expect(joined(stages)).toEqual(
    Array.from({ length: 8 }, (_, index) =>
      index % 2 === 0 ? { index, value: index / 2 } : { index, error: FAILED },
    ),
  );
  expect(ended?.summary).toMatchObject({
    ...{ state: "incomplete", sum: 4, nonFinite: 4, chunks: { total: 3, done: 3, failed: 0 } },
    items: {
      total: 8,
      given: 4,
      failed: 4,
      failures: [1, 3, 5, 7].map((index) => ({ index, error: FAILED })),
    },
  });
  const stored = [...stages.store.objects.keys()].filter((key) => /array|npy|png/.test(key));
  expect(stored).toEqual([]);
});

test.each([
  ["every item gives a value", (n: number) => n, 0, { state: "complete" }, 0],
  ["some fail", halve, 0, { state: "incomplete", tolerated: false }, 3],
  ["no more fail than allowed", halve, 0.5, { state: "incomplete", tolerated: true }, 0],
  [
    "none gives a value",
    () => {
      throw new Error("no");
    },
    0.9,
    { state: "failed", tolerated: false },
    1,
  ],
])("where %s the job ends so, with its exit code", async (_, task, allowMissing, summary, code) => {
  const { stages, bodies } = await splitMap(4, task, { allowMissing });
  for (const body of bodies) await stages.work(body);
  let ended: Awaited<ReturnType<typeof stages.aggregate>>;
  for (const body of stages.results.take()) ended = (await stages.aggregate(body)) ?? ended;
  expect(ended?.summary).toMatchObject(summary);
  expect(exitCodeOfJob(ended!.summary)).toBe(code);
});

test("a message that comes again finds its shard stored, and maps no item twice", async () => {
  const calls: number[] = [];
  const { stages, bodies } = await splitMap(3, (n: number) => calls.push(n));
  await stages.work(bodies[0]!);
  const outcome = await stages.work(bodies[0]!, 2);
  expect(outcome).toMatchObject({ found: [0], computed: [] });
  expect(calls).toEqual([0, 1, 2]);
});

test("a resumption tries the failed items again, those alone, and keeps the other values", async () => {
  const calls: number[] = [];
  let isMended = false;
  const { stages, bodies } = await splitMap(8, (n: number) => {
    calls.push(n);
    return isMended ? `mended ${n}` : halve(n);
  });
  for (const body of bodies) await stages.work(body);
  for (const body of stages.results.take()) await stages.aggregate(body);
  isMended = true;
  calls.length = 0;
  const { round } = await stages.split(resumption("j"));
  const summary = await stages.runToEnd();
  expect(calls).toEqual([1, 3, 5, 7]);
  expect(joined(stages).map(({ value }) => value)).toEqual([
    0,
    "mended 1",
    1,
    "mended 3",
    2,
    "mended 5",
    3,
    "mended 7",
  ]);
  expect(summary).toMatchObject({ state: "complete", round, items: { given: 8, failed: 0, failures: [] } });
  expect(await stages.split(resumption("j"))).toMatchObject({ chunks: 0 });
});

test("a shard for which there is no time goes on by another message, with the items that are left", async () => {
  const calls: number[] = [];
  const { stages, bodies } = await splitMap(3, (n: number) => calls.push(n));
  // An item's 5 s and 5 s for storing: time for one more item only while 10 s are left.
  const left =
    (...ms: number[]) =>
    () =>
      ms.shift() ?? 0;
  expect(await workWithin(stages, bodies[0]!, left(30_000, 20_000, 9_999))).toMatchObject({
    ...{ computed: [], reissued: [0], failures: [], retry: false },
  });
  expect(stages.results.take()).toEqual([]);
  const [next = ""] = stages.chunks.take();
  expect(await workWithin(stages, next, left(30_000))).toMatchObject({ computed: [0], reissued: [] });
  expect(calls).toEqual([0, 1, 2]);
  for (const body of stages.results.take()) await stages.aggregate(body);
  expect(joined(stages).map(({ value }) => value)).toEqual([1, 2, 3]);
});

test("the longest limit that is accepted is begun by a worker that took 5 s to come to its first item", async () => {
  const limitOf = (seconds: number) => splitMap(1, (n: number) => n, { items: { seconds } });
  const refusal = await limitOf(60).catch(String);
  const most = Number(/at most (\d+), within the worker's timeout of 60 s/.exec(`${refusal}`)?.[1]);
  const { stages, bodies } = await limitOf(most);
  expect(await workWithin(stages, bodies[0]!, () => 55_000)).toMatchObject({ computed: [0], failures: [] });
});

test("a worker with no time for a single item has failed, which does not go on for ever", async () => {
  const { stages, bodies } = await splitMap(3, (n: number) => n);
  const outcome = await workWithin(stages, bodies[0]!, () => 9_000);
  expect(outcome).toMatchObject({ reissued: [], retry: true });
  expect(outcome.failures[0]?.error).toContain("Expected a worker with time for one item (5 s)");
});

test("a cancelled job begins no further item, and keeps what was done when it is resumed", async () => {
  const calls: number[] = [];
  const { stages, bodies } = await splitMap(6, async (n: number) => {
    calls.push(n);
    if (n === 1) {
      await cancelJob(stages.store, "j", 0);
      stages.clock.advance(2_000);
    }
    return n;
  });
  await stages.work(bodies[0]!);
  expect(await stages.work(bodies[1]!)).toMatchObject({ cancelled: true });
  await stages.aggregate(idleCheck("j"));
  expect(stages.store.json("jobs/j/summary.json")).toMatchObject({ state: "cancelled" });
  expect(joined(stages)).toHaveLength(6);
  expect(joined(stages)[4]?.error).toContain("was cancelled");
  stages.chunks.take();
  await stages.split(resumption("j"));
  const summary = await stages.runToEnd();
  expect(summary).toMatchObject({ state: "complete", items: { given: 6 } });
  expect(calls).toEqual([0, 1, 2, 3, 4, 5]);
});

test("the items of a shard that failed for good carry its reason, and its neighbours their values", async () => {
  const { stages, bodies } = await splitMap(8, (n: number) => n);
  stages.store.objects.delete("jobs/j/items/1.jsonl");
  for (const body of bodies) await stages.work(body);
  for (const body of stages.results.take()) await stages.aggregate(body);
  expect(joined(stages).map(({ value, error }) => value ?? error?.slice(0, 8))).toEqual([
    0,
    1,
    2,
    "Expected",
    "Expected",
    "Expected",
    6,
    7,
  ]);
  expect(stages.store.json("jobs/j/summary.json")).toMatchObject({
    ...{ state: "incomplete", chunks: { done: 2, failed: 1 } },
    items: { total: 8, given: 5, failed: 3, failures: [{ index: 3 }, { index: 4 }, { index: 5 }] },
  });
});

test("a shard of results that is damaged when the job ends is mapped again", async () => {
  const { stages, bodies } = await splitMap(6, (n: number) => n);
  for (const body of bodies) await stages.work(body);
  await stages.store.put("jobs/j/results/1.jsonl", Buffer.from('{"index":3,"va'));
  for (const body of stages.results.take()) await stages.aggregate(body);
  expect(stages.store.json("jobs/j/summary.json")).toBeUndefined();
  expect(await stages.runToEnd()).toMatchObject({ state: "complete" });
  expect(joined(stages).map(({ value }) => value)).toEqual([0, 1, 2, 3, 4, 5]);
});

test("items of a shard run one after the other, or as many at a time as asked", async () => {
  for (const concurrency of [1, 2]) {
    let [running, most] = [0, 0];
    const { stages, bodies } = await splitMap(
      3,
      async () => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        return running--;
      },
      { items: { concurrency } },
    );
    await stages.work(bodies[0]!);
    expect(most).toBe(concurrency);
  }
});

test("the same id with other items is another job", async () => {
  const { stages } = await splitMap(3, (n: number) => n);
  expect(await stages.split(mapRequest(3))).toMatchObject({ chunks: 1 });
  await expect(stages.split(mapRequest(3, { items: { sha256: "f".repeat(64) } }))).rejects.toThrow(
    "same request",
  );
});
