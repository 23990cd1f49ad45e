import { expect, test } from "vitest";
import { drainQueue, type QueueDrainerPorts } from "../../../functions/worker/queue-drainer.ts";
import { type DrainRequest, drainRequest } from "../../../shared/burst/drain.ts";
import { writeClaim } from "../../../shared/burst/drainer-claim.ts";
import { AwsError } from "../../../shared/ports/aws/aws-error.ts";
import type { ReceivedRecord } from "../../../shared/ports/aws/sqs-queue.ts";
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
  const waiting = durations.map((ms, k): ReceivedRecord => {
    const [id, attributes] = [`${k}`, { ApproximateReceiveCount: `${k === 0 ? 1 : delivery}` }];
    return { messageId: id, receiptHandle: id, body: `${ms}`, attributes, eventSourceARN: "" };
  });
  const refusing = [...refusals];
  const sent: string[] = [];
  const deleted: string[] = [];
  const shown: string[] = [];
  const invoked: DrainRequest[] = [];
  const troubles: string[] = [];
  const ports: QueueDrainerPorts = {
    ...{ store, clock, spread: 0 },
    chunks: {
      receive: async (most) => {
        const refusal = refusing.shift();
        if (refusal) throw refusal;
        return waiting.splice(0, most);
      },
      send: async (bodies) => sent.push(...bodies),
      delete: async (handles) => void deleted.push(...handles),
      postpone: async (handle, seconds) => void shown.push(`${handle} ${seconds}`),
    },
    itself: { invokeLater: async (next) => void invoked.push(next as DrainRequest) },
    deliver: async ({ body }) => {
      nowMs += Number(body);
      return { jobId: "j", chunks: 1, retry: false };
    },
    remainingMs: () => 60_000 - nowMs,
    pause: async (ms) => {
      nowMs += ms;
    },
    onTrouble: (what) => troubles.push(what),
  };
  return { ports, store, sent, deleted, shown, invoked, troubles };
}

const refused = (status: number, code: string) => new AwsError("sqs ReceiveMessage", status, code, "no");

test("what is released is sent anew, so that its next delivery counts as the first, and then removed", async () => {
  const { ports, sent, deleted } = await drainer([1, 2, 3000, 3, 4]);
  expect(await drainQueue(drainRequest(GROUP, 1), ports)).toMatchObject({ messages: 3, released: 2 });
  expect(sent).toEqual(["3", "4"]);
  expect(deleted.toSorted()).toEqual(["0", "1", "2", "3", "4"]);
});

test("what was delivered before and is handed on keeps its count: it is made visible, not sent anew", async () => {
  const { ports, sent, deleted, shown } = await drainer([10, 25_000, 25_000, 25_000], [], 2);
  expect(await drainQueue(drainRequest(GROUP, 1), ports)).toMatchObject({ messages: 3, released: 1 });
  expect(shown).toEqual(["3 0"]);
  expect(sent).toEqual([]);
  expect(deleted.toSorted()).toEqual(["0", "1", "2"]);
});

test("what cannot be sent anew is not removed: it comes again by itself", async () => {
  const { ports, deleted, troubles } = await drainer([1, 2, 3000, 3, 4]);
  const chunks = { ...ports.chunks, send: () => Promise.reject(refused(503, "ServiceUnavailable")) };
  await drainQueue(drainRequest(GROUP, 1), { ...ports, chunks });
  expect(deleted.toSorted()).toEqual(["0", "1", "2"]);
  expect(troubles).toEqual(["messages not released"]);
});

test("a queue that refuses for good is asked once, by one drainer", async () => {
  const { ports, invoked } = await drainer([1], [refused(403, "AccessDenied")]);
  const outcome = await drainQueue(drainRequest(GROUP, 1), ports);
  expect(outcome).toMatchObject({ receives: 1, messages: 0, ended: "trouble" });
  expect(invoked).toEqual([]);
});

test("a queue that is throttled for some seconds ends no drainer", async () => {
  const throttled = refused(503, "ServiceUnavailable");
  const { ports, invoked } = await drainer([1], [throttled, throttled, throttled]);
  expect(await drainQueue(drainRequest(GROUP, 1), ports)).toMatchObject({ messages: 1, ended: "empty" });
  expect(invoked).toEqual([]);
});

test("a store that cannot be asked for the claim is no reason to leave, and no successor comes without it", async () => {
  const { ports, invoked, troubles } = await drainer([50_000, 1]);
  const store = { ...ports.store, get: () => Promise.reject(refused(503, "SlowDown")) };
  const outcome = await drainQueue(drainRequest(GROUP, 1), { ...ports, store });
  expect(outcome).toMatchObject({ messages: 1, ended: "time" });
  expect(invoked).toEqual([]);
  expect(troubles).toEqual(["the claim could not be read", "no successor"]);
});

test("whose time is up has a successor of the same group", async () => {
  const { ports, invoked } = await drainer([50_000, 1]);
  expect(await drainQueue(drainRequest(GROUP, 1), ports)).toMatchObject({ ended: "time" });
  expect(invoked).toEqual([drainRequest(GROUP, 2)]);
});
