import { expect, test } from "vitest";
import { type DrainPorts, drain, Pace } from "../../../shared/burst/drain-loop.ts";
import type { Received } from "../../../shared/ports/queue.ts";

interface Message {
  readonly id: number;
  readonly ms: number;
  readonly jobId?: string | undefined;
  readonly retry?: boolean;
  /** Which of its deliveries this is, from 1. */
  readonly delivery?: number;
}

/** The message as its queue gives it; its body says all about it. */
const received = (message: Message): Received => ({
  ...{ id: `${message.id}`, handle: "", queue: "", receiveCount: message.delivery ?? 1 },
  body: JSON.stringify(message),
});

/** A queue of messages with their durations, on a clock that only work and waiting move. */
function fakeQueue(
  messages: readonly Message[],
  {
    timeoutMs = 60_000,
    claimHolds = () => true as boolean,
    longestMs = 0,
    failures = [] as readonly number[],
    mayPass = true,
    spread = 0,
    isKeeper = true,
    /** Which of its receives without patience miss the messages that there are, counted from 1. */
    misses = [] as readonly number[],
  } = {},
) {
  let nowMs = 0;
  const waiting = messages.map(received);
  const asked: number[] = [];
  const patience: boolean[] = [];
  const worked: number[] = [];
  const removed: number[] = [];
  const released: number[] = [];
  let claimChecks = 0;
  const troubles: unknown[] = [];
  const pauses: number[] = [];
  const ports: DrainPorts = {
    clock: { epochMs: () => nowMs, monotonicMs: () => nowMs, cpuMs: () => nowMs },
    remainingMs: () => timeoutMs - nowMs,
    receive: async (most, isPatient) => {
      asked.push(most);
      patience.push(isPatient);
      if (failures.includes(asked.length)) throw new Error("503");
      nowMs += isPatient && waiting.length === 0 ? 1000 : 5;
      return !isPatient && misses.includes(asked.length) ? [] : waiting.splice(0, most);
    },
    isKeeper,
    work: async ({ body }) => {
      const { id, ms, jobId = "mine", retry = false } = JSON.parse(body) as Message;
      nowMs += ms;
      worked.push(id);
      return { jobId, chunks: 2, retry };
    },
    remove: async (done) => void removed.push(...done.map(({ id }) => Number(id))),
    release: async (rest) => void released.push(...rest.map(({ id }) => Number(id))),
    claim: async () => {
      claimChecks++;
      return claimHolds() ? { longestMs } : undefined;
    },
    onTrouble: (error) => void troubles.push(error),
    mayPass: () => mayPass,
    pause: async (ms) => {
      nowMs += ms;
      pauses.push(ms);
    },
    spread,
  };
  return {
    ports,
    troubles,
    pauses,
    asked,
    patience,
    worked,
    removed,
    released,
    now: () => nowMs,
    checks: () => claimChecks,
  };
}

const lasting = (...durations: number[]): Message[] => durations.map((ms, id) => ({ id, ms }));
const equal = (count: number, ms: number) => lasting(...Array.from({ length: count }, () => ms));

test("works until the queue is empty, and acknowledges everything", async () => {
  const queue = fakeQueue(equal(37, 3));
  expect(await drain("mine", queue.ports)).toMatchObject({ messages: 37, chunks: 74, ended: "empty" });
  expect(queue.removed).toEqual(queue.worked);
  expect(queue.worked).toHaveLength(37);
});

test("the keeper waits a second for a last message; another drainer leaves after three looks", async () => {
  const keeper = fakeQueue(equal(3, 400));
  expect(await drain("mine", keeper.ports)).toMatchObject({ messages: 3, receives: 4, ended: "empty" });
  expect(keeper.now()).toBe(3 * 405 + 1000);
  const other = fakeQueue(equal(3, 400), { isKeeper: false });
  expect(await drain("mine", other.ports)).toMatchObject({ messages: 3, receives: 6, ended: "empty" });
  expect(other.now()).toBe(3 * 405 + 3 * 5);
  expect(other.patience).toEqual([true, false, false, false, false, false]);
  expect(other.removed).toEqual([0, 1, 2]);
});

test("what one look misses the next one finds", async () => {
  const queue = fakeQueue(equal(5, 400), { isKeeper: false, misses: [2, 3, 6] });
  expect(await drain("mine", queue.ports)).toMatchObject({ messages: 5, receives: 11, ended: "empty" });
});

test("a drainer without a message yet is patient: its start would have been for nothing", async () => {
  const queue = fakeQueue([], { isKeeper: false });
  expect(await drain("mine", queue.ports)).toMatchObject({ messages: 0, receives: 1, ended: "empty" });
  expect(queue.patience).toEqual([true]);
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

test("what was delivered before is not released, which would use up another delivery", async () => {
  const queue = fakeQueue(lasting(1, 1, 3000, 1, 1, 1).map((message) => ({ ...message, delivery: 2 })));
  expect(await drain("mine", queue.ports)).toMatchObject({ messages: 6, released: 0 });
  expect(queue.removed).toEqual([0, 1, 2, 3, 4, 5]);
});

test("what was delivered before is not released for lack of time either: it would end unattempted", async () => {
  const queue = fakeQueue(
    equal(100, 60).map((message) => ({ ...message, delivery: 1 + (message.id % 2) })),
    { timeoutMs: 1110 },
  );
  const { released } = await drain("mine", queue.ports);
  expect(released).toBeGreaterThan(0);
  expect(queue.released.filter((id) => id % 2 === 1)).toEqual([]);
});

test("what was delivered before is handed on where there is no time for it, unless it would never be tried again", async () => {
  const late = (delivery: number) =>
    lasting(10, 10, 10, ...Array.from({ length: 9 }, () => 9_000)).map((message) =>
      message.id < 3 ? message : { ...message, delivery },
    );
  const queue = fakeQueue(late(4), { longestMs: 6_000 });
  await drain("mine", queue.ports);
  // Begun with 9 s or more to go, each.
  expect(queue.worked).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(queue.released).toEqual([9, 10]);
  const last = fakeQueue(late(5), { longestMs: 6_000 });
  await drain("mine", last.ports);
  expect(last.released).toEqual([]);
});

test("a queue that cannot be asked for a while is asked again after growing pauses", async () => {
  const queue = fakeQueue(equal(20, 400), { failures: [4, 5, 6] });
  expect(await drain("mine", queue.ports)).toMatchObject({ messages: 20, receives: 24, ended: "empty" });
  expect(queue.pauses).toEqual([1000, 2000, 4000]);
  expect(queue.troubles).toHaveLength(3);
});

test("where it cannot be asked for longer what was done is acknowledged, and the outcome says so", async () => {
  const queue = fakeQueue(equal(20, 400), { failures: [4, 5, 6, 7, 8] });
  expect(await drain("mine", queue.ports)).toMatchObject({ messages: 3, receives: 8, ended: "trouble" });
  expect(queue.removed).toEqual([0, 1, 2]);
});

test("a queue that refuses for good is not asked again, nor is one whose pause would take the last of the time", async () => {
  const refusing = fakeQueue(equal(20, 400), { failures: [1], mayPass: false });
  expect(await drain("mine", refusing.ports)).toMatchObject({ receives: 1, ended: "trouble" });
  const late = fakeQueue(equal(20, 400), { failures: [1], timeoutMs: 1300 });
  expect(await drain("mine", late.ports)).toMatchObject({ receives: 1, ended: "trouble" });
  expect([...refusing.pauses, ...late.pauses]).toEqual([]);
});

test("those that began together neither end nor ask again together", async () => {
  const ends = await Promise.all(
    [0, 0.5, 0.99].map(async (spread) => {
      const queue = fakeQueue(equal(1000, 100), { spread, failures: [1] });
      expect(await drain("mine", queue.ports)).toMatchObject({ ended: "time" });
      return [...queue.pauses, Math.round(queue.now() / 1000)];
    }),
  );
  // The last 15 to 22.5 of 60 s.
  expect(ends).toEqual([
    [1000, 45],
    [1500, 41],
    [1990, 38],
  ]);
});

test("begins nothing in less than one and a half times what the heaviest message should take", async () => {
  const queue = fakeQueue(equal(100, 1000), { longestMs: 20_000 });
  expect(await drain("mine", queue.ports)).toMatchObject({ ended: "time" });
  expect(60_000 - queue.now()).toBeLessThan(30_000);
  expect(60_000 - queue.now()).toBeGreaterThan(28_000);
});

test("with all of its time before it begins a message that may take longer", async () => {
  const queue = fakeQueue(equal(3, 1000), { longestMs: 50_000 });
  expect(await drain("mine", queue.ports)).toMatchObject({ messages: 1, ended: "time" });
});

test("whoever comes when the claim is gone begins nothing", async () => {
  const queue = fakeQueue(equal(3, 1), { claimHolds: () => false });
  expect(await drain("mine", queue.ports)).toMatchObject({ messages: 0, receives: 0, ended: "claim" });
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
  expect(queue.checks()).toBe(9);
});

test("gives its concurrency up where the claim is gone and others' messages are all there is", async () => {
  const foreign = equal(40, 1000).map((message) => ({ ...message, jobId: "theirs" }));
  const queue: ReturnType<typeof fakeQueue> = fakeQueue(foreign, { claimHolds: () => queue.checks() === 1 });
  expect(await drain("mine", queue.ports)).toMatchObject({ messages: 5, ended: "claim" });
  expect(queue.removed).toEqual(queue.worked);
});

test("its own job's messages it works on without asking again", async () => {
  const queue: ReturnType<typeof fakeQueue> = fakeQueue(equal(20, 1000), {
    claimHolds: () => queue.checks() === 1,
  });
  expect(await drain("mine", queue.ports)).toMatchObject({ messages: 20, ended: "empty" });
  expect(queue.checks()).toBe(1);
});
