import { expect, test, vi } from "vitest";
import { type DrainRequest, drainRequest } from "../../../shared/burst/drain-request.ts";
import { writeClaim } from "../../../shared/burst/drainer-claim.ts";
import { drainQueue, type QueueDrainerPorts } from "../../../shared/burst/queue-drainer.ts";
import type { Received } from "../../../shared/ports/queue.ts";
import { MemoryStore } from "../../helpers/memory.ts";

const GROUP = { jobId: "j", group: "g" };

/**
 * A drainer whose clock only work and pauses move, and messages that take `durations` (ms); before the first,
 * `refusals`.
 */
async function drainer(durations: readonly number[], refusals: readonly Error[] = [], delivery = 1) {
  let nowMs = 0;
  const clock = { epochMs: () => nowMs, monotonicMs: () => nowMs, cpuMs: () => nowMs };
  const store = new MemoryStore();
  await writeClaim(store, {
    ...{ version: 1, ...GROUP, round: 0, drainers: 1, longestMs: 0, settled: true, expiresAtMs: 120_000 },
  });
  const waiting = durations.map((ms, k): Received => {
    const [id, receiveCount] = [`${k}`, k === 0 ? 1 : delivery];
    return { id, handle: id, body: `${ms}`, receiveCount, queue: "" };
  });
  const refusing = [...refusals];
  const deleted: string[] = [];
  const released: string[] = [];
  const invoked: DrainRequest[] = [];
  const troubles: string[] = [];
  const ports: QueueDrainerPorts = {
    ...{ store, clock, spread: 0 },
    inbox: {
      receive: async (most) => {
        const refusal = refusing.shift();
        if (refusal) throw refusal;
        return waiting.splice(0, most);
      },
      acknowledge: async (messages) => void deleted.push(...messages.map(({ id }) => id)),
      postpone: async () => {},
      release: async (messages, ms) => void released.push(...messages.map(({ id }) => `${id} after ${ms}`)),
    },
    invokeLater: async (next) => void invoked.push(next),
    work: async ({ body }) => {
      nowMs += Number(body);
      return { jobId: "j", chunks: 1, retry: false };
    },
    remainingMs: () => 60_000 - nowMs,
    pause: async (ms) => {
      nowMs += ms;
    },
    mayPass: (error) => error instanceof Disturbance,
    onTrouble: (what) => troubles.push(what),
  };
  return { ports, store, deleted, released, invoked, troubles };
}

/** What passes; any other error is for good. */
class Disturbance extends Error {}

test.each([
  [true, { get: 4, put: 1, last: 1 }],
  [false, { get: 2, put: 0, last: 3 }],
])(
  "a drainer makes the requests that a plan counts for it, as its group's keeper (%s) or not: claims, and last receives that find nothing",
  async (isKeeper, counted) => {
    const { ports, store } = await drainer([1, 2, 3]);
    const get = vi.spyOn(store, "get");
    const put = vi.spyOn(store, "put");
    const inbox = {
      ...ports.inbox,
      receive: vi.fn(ports.inbox.receive),
      acknowledge: vi.fn(ports.inbox.acknowledge),
    };
    expect(await drainQueue(drainRequest(GROUP, 1, isKeeper), { ...ports, inbox })).toMatchObject({
      messages: 3,
      ended: "empty",
    });
    expect(get).toHaveBeenCalledTimes(counted.get);
    expect(put).toHaveBeenCalledTimes(counted.put);
    expect(inbox.receive.mock.calls.length).toBeLessThanOrEqual(3 + counted.last);
    expect(inbox.receive.mock.calls.at(-1)?.[1]).toBe(isKeeper ? 1000 : 0);
    // With nothing to acknowledge no request is made.
    expect(inbox.acknowledge.mock.calls.filter(([done]) => done.length > 0).length).toBeLessThanOrEqual(3);
  },
);

test("what others would sooner have time for is released at once, and what was worked on is removed", async () => {
  const { ports, deleted, released } = await drainer([1, 2, 3000, 3, 4]);
  expect(await drainQueue(drainRequest(GROUP, 1, true), ports)).toMatchObject({ messages: 3, released: 2 });
  expect(released).toEqual(["3 after 0", "4 after 0"]);
  expect(deleted.toSorted()).toEqual(["0", "1", "2"]);
});

test("what was delivered before is released only where there is no time for it", async () => {
  const { ports, deleted, released } = await drainer([10, 25_000, 25_000, 25_000], [], 2);
  expect(await drainQueue(drainRequest(GROUP, 1, true), ports)).toMatchObject({ messages: 3, released: 1 });
  expect(released).toEqual(["3 after 0"]);
  expect(deleted.toSorted()).toEqual(["0", "1", "2"]);
});

test("what cannot be released is not removed: it comes again by itself", async () => {
  const { ports, deleted, troubles } = await drainer([1, 2, 3000, 3, 4]);
  const inbox = { ...ports.inbox, release: () => Promise.reject(new Disturbance()) };
  await drainQueue(drainRequest(GROUP, 1, true), { ...ports, inbox });
  expect(deleted.toSorted()).toEqual(["0", "1", "2"]);
  expect(troubles).toEqual(["messages not released"]);
});

test("a queue that refuses for good is asked once, by one drainer", async () => {
  const { ports, invoked } = await drainer([1], [new Error("no")]);
  const outcome = await drainQueue(drainRequest(GROUP, 1, true), ports);
  expect(outcome).toMatchObject({ receives: 1, messages: 0, ended: "trouble" });
  expect(invoked).toEqual([]);
});

test("a queue that is throttled for some seconds ends no drainer", async () => {
  const throttled = new Disturbance();
  const { ports, invoked } = await drainer([1], [throttled, throttled, throttled]);
  expect(await drainQueue(drainRequest(GROUP, 1, true), ports)).toMatchObject({
    messages: 1,
    ended: "empty",
  });
  expect(invoked).toEqual([]);
});

test("a store that cannot be asked for the claim is no reason to leave, and no successor comes without it", async () => {
  const { ports, invoked, troubles } = await drainer([50_000, 1]);
  const store = { ...ports.store, get: () => Promise.reject(new Disturbance()) };
  const outcome = await drainQueue(drainRequest(GROUP, 1, true), { ...ports, store });
  expect(outcome).toMatchObject({ messages: 1, ended: "time" });
  expect(invoked).toEqual([]);
  expect(troubles).toEqual(["the claim could not be read", "no successor"]);
});

test("whose time is up has a successor of the same group", async () => {
  const { ports, invoked } = await drainer([50_000, 1]);
  expect(await drainQueue(drainRequest(GROUP, 1, true), ports)).toMatchObject({ ended: "time" });
  expect(invoked).toEqual([drainRequest(GROUP, 2, true)]);
});
