import { expect, test } from "vitest";
import { type DrainPorts, drain, Pace } from "../../../functions/worker/drain.ts";

interface Message {
  readonly id: number;
  readonly ms: number;
  readonly jobId?: string | undefined;
  readonly retry?: boolean;
}

/** A queue of messages with their durations, on a clock that only work and waiting move. */
function fakeQueue(
  messages: readonly Message[],
  { timeoutMs = 60_000, claimHolds = () => true as boolean } = {},
) {
  let nowMs = 0;
  const waiting = [...messages];
  const asked: number[] = [];
  const worked: number[] = [];
  const removed: number[] = [];
  const released: number[] = [];
  let claimChecks = 0;
  const ports: DrainPorts<Message> = {
    clock: { epochMs: () => nowMs, monotonicMs: () => nowMs, cpuMs: () => nowMs },
    remainingMs: () => timeoutMs - nowMs,
    receive: async (most) => {
      asked.push(most);
      nowMs += waiting.length > 0 ? 5 : 1000;
      return waiting.splice(0, most);
    },
    deliver: async ({ id, ms, jobId = "mine", retry = false }) => {
      nowMs += ms;
      worked.push(id);
      return { jobId, chunks: 2, retry };
    },
    remove: async (done) => void removed.push(...done.map(({ id }) => id)),
    release: async ({ id }) => void released.push(id),
    claimHolds: async () => {
      claimChecks++;
      return claimHolds();
    },
  };
  return { ports, asked, worked, removed, released, now: () => nowMs, checks: () => claimChecks };
}

const lasting = (...durations: number[]): Message[] => durations.map((ms, id) => ({ id, ms }));
const equal = (count: number, ms: number) => lasting(...Array.from({ length: count }, () => ms));

test("works until the queue is empty, and acknowledges everything", async () => {
  const queue = fakeQueue(equal(37, 3));
  expect(await drain("mine", queue.ports)).toMatchObject({ messages: 37, chunks: 74, ended: "empty" });
  expect(queue.removed).toEqual(queue.worked);
  expect(queue.worked).toHaveLength(37);
});

test("long messages are fetched one at a time, short ones up to ten", async () => {
  const long = fakeQueue(equal(5, 400));
  await drain("mine", long.ports);
  expect(new Set(long.asked)).toEqual(new Set([1]));
  const short = fakeQueue(equal(101, 1));
  expect(await drain("mine", short.ports)).toMatchObject({ receives: 12 });
  expect(short.asked).toEqual([1, ...Array.from({ length: 11 }, () => 10)]);
});

test("the batch is about 0.2 s of work, and follows when messages get shorter or longer", () => {
  const pace = new Pace(60_000);
  expect(pace.batchSize).toBe(1);
  pace.took(50);
  expect(pace.batchSize).toBe(4);
  for (let time = 0; time < 5; time++) pace.took(20);
  expect(pace.batchSize).toBe(9);
  pace.took(150);
  expect(pace.batchSize).toBe(2);
  pace.took(150);
  expect(pace.batchSize).toBe(1);
});

test("where a message takes unexpectedly long the rest of its batch is released, unworked", async () => {
  const queue = fakeQueue(lasting(1, 1, 3000, 1, 1, 1));
  expect(await drain("mine", queue.ports)).toMatchObject({ messages: 3, released: 3 });
  expect(queue.worked).toEqual([0, 1, 2]);
  expect(queue.released).toEqual([3, 4, 5]);
  expect(queue.removed).toEqual([0, 1, 2]);
});

test("what is to be tried again is not acknowledged", async () => {
  const queue = fakeQueue([
    { id: 0, ms: 1, retry: true },
    ...lasting(1, 1).map(({ id, ms }) => ({ id: id + 1, ms })),
  ]);
  await drain("mine", queue.ports);
  expect(queue.removed).toEqual([1, 2]);
});

test("begins nothing in the last quarter of its time", async () => {
  const queue = fakeQueue(equal(1000, 900));
  expect(await drain("mine", queue.ports)).toMatchObject({ ended: "time" });
  expect(queue.now()).toBeGreaterThan(45_000);
  expect(queue.now()).toBeLessThan(46_000);
  expect(queue.removed).toEqual(queue.worked);
});

test("begins nothing in less than twice the time of its longest message", async () => {
  const queue = fakeQueue(equal(1000, 14_000));
  expect(await drain("mine", queue.ports)).toMatchObject({ ended: "time", messages: 3, longestMs: 14_000 });
});

test("what was received and not begun when its time runs out is released", async () => {
  const queue = fakeQueue(equal(100, 60), { timeoutMs: 1110 });
  const { messages, released } = await drain("mine", queue.ports);
  expect(released).toBeGreaterThan(0);
  expect(queue.worked).toHaveLength(messages);
  expect(queue.removed).toEqual(queue.worked);
  expect(queue.released).toEqual(Array.from({ length: released }, (_, k) => messages + k));
});

test("a first message that takes most of its time is its only one", async () => {
  const queue = fakeQueue(equal(3, 50_000));
  expect(await drain("mine", queue.ports)).toMatchObject({ ended: "time", messages: 1 });
});

test("works on other jobs' messages while its group's claim holds, asking now and then", async () => {
  const foreign = equal(40, 1000).map((message) => ({ ...message, jobId: "theirs" }));
  const queue = fakeQueue(foreign);
  expect(await drain("mine", queue.ports)).toMatchObject({ messages: 40, ended: "empty" });
  expect(queue.checks()).toBe(8);
});

test("gives its concurrency up where the claim is gone and others' messages are all there is", async () => {
  const foreign = equal(40, 1000).map((message) => ({ ...message, jobId: "theirs" }));
  const queue = fakeQueue(foreign, { claimHolds: () => false });
  expect(await drain("mine", queue.ports)).toMatchObject({ messages: 5, ended: "claim" });
  expect(queue.removed).toEqual(queue.worked);
});

test("its own job's messages it works on without asking", async () => {
  const queue = fakeQueue(equal(20, 1000), { claimHolds: () => false });
  expect(await drain("mine", queue.ports)).toMatchObject({ messages: 20, ended: "empty" });
  expect(queue.checks()).toBe(0);
});
