import { setImmediate as turn } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { EventSource } from "../../../client/local/event-source.ts";
import { inOneEvent } from "../../../client/local/function-events.ts";
import { type Shared, type TogetherPorts, workTogether } from "../../../functions/together.ts";
import { parseResultMessage } from "../../../shared/messages/chunk-report.ts";
import type { Inbox, Received } from "../../../shared/ports/queue.ts";

const message = (id: string, receiveCount = 1): Received => ({
  ...{ id, body: "", receiveCount, handle: id, queue: "arn:aws:sqs:eu-west-1:0:chunks" },
});

/** An event source for these messages and one slot; each batch takes `ms` for each of its messages. */
async function batchesOf(messages: readonly Received[], ms: (message: Received) => number) {
  const waiting = [...messages];
  const batches: string[] = [];
  const released: string[] = [];
  let nowMs = 0;
  const inbox: Inbox = {
    receive: async (most) => {
      const taken = waiting.splice(0, most);
      if (taken.length === 0) await new Promise(() => {});
      return taken;
    },
    acknowledge: async () => {},
    postpone: async () => {},
    release: async (given) => void released.push(...given.map(({ id }) => id)),
  };
  const source = new EventSource({
    ...{ inbox, batchSize: 1, batchingWindowMs: 0, maximumConcurrency: 1, now: () => nowMs },
    ...{ readyBelowMs: 50, mostTogether: 10 },
    work: async (batch) => {
      batches.push(batch.map(({ id }) => id).join(" "));
      for (const each of batch) nowMs += ms(each);
      await turn(); // meanwhile more are received
      return new Set();
    },
  });
  onTestFinished(() => source.stop());
  source.start();
  const left = () => messages.length - released.length - batches.join(" ").split(" ").length;
  await expect.poll(() => left(), { interval: 1 }).toBe(0);
  return { batches, released };
}

const numbered = (count: number) => Array.from({ length: count }, (_, k) => message(`${k}`));

test("brief messages go to a slot together, twice as many each time, as many as take half of the time", async () => {
  const { batches } = await batchesOf(numbered(40), () => 5);
  const sizes = batches.map((batch) => batch.split(" ").length);
  expect(Math.max(...sizes)).toBe(5);
  for (const [k, size] of sizes.entries()) expect(size).toBeLessThanOrEqual(k === 0 ? 1 : 2 * sizes[k - 1]!);
});

test("messages that take long go one by one", async () => {
  const { batches } = await batchesOf(numbered(4), () => 30);
  expect(batches).toEqual(["0", "1", "2", "3"]);
});

test("what was received for brief messages goes to others once one takes long", async () => {
  const { batches, released } = await batchesOf(numbered(60), ({ id }) => (id === "25" ? 100 : 1));
  const after = batches.findIndex((batch) => batch.split(" ").includes("25")) + 1;
  expect(batches[after]?.split(" ")).toHaveLength(1);
  expect(released).toContain(`${Number(batches[after]) + 1}`);
});

test("a message that was delivered before goes alone: it may be what killed its slot", async () => {
  const messages = numbered(8).map((each, k) => (k === 4 ? message("4", 2) : each));
  const { batches } = await batchesOf(messages, () => 1);
  expect(batches).toEqual(["0", "1 2", "3", "4", "5 6", "7"]);
});

/** Messages `m0`, `m1`, … of one chunk each, worked together with a budget of 50 ms, each for `ms`. */
async function worked(count: number, ms = 0, send = async (bodies: readonly string[]) => bodies.length) {
  let nowMs = 0;
  const sent: string[] = [];
  const handedBack: string[] = [];
  const ports: TogetherPorts = {
    results: {
      send: (bodies) => {
        sent.push(...bodies);
        return send(sent);
      },
    },
    clock: { monotonicMs: () => nowMs },
    inbox: { postpone: async ({ id }) => void handedBack.push(id) },
    retryAfterSeconds: 2,
    spending: { begins: () => {}, allows: async () => "now" },
  };
  const worker = { requestId: "r", logStream: "w", coldStart: false, initMs: null };
  const report = { sum: 1, min: 1, max: 1, nonFinite: 0, storedBytes: 8, times: null, tile: null };
  const work = async ({ id }: Received, { reports }: Shared) => {
    nowMs += ms;
    const chunk = Number(id.slice(1));
    reports.add({ jobId: "j", round: 0, worker }, [{ chunk, ...report }], []);
    return { chunks: 1, retry: false };
  };
  const messages = Array.from({ length: count }, (_, k) => message(`m${k}`));
  const invoke = inOneEvent((event) => workTogether(event, ports, work), 50);
  return { ...(await invoke(messages)), sent, handedBack };
}

test("messages that were worked together are reported in one message", async () => {
  const { sent, handedBack } = await worked(5);
  const reports = sent.map((body) => parseResultMessage(body));
  expect(reports).toMatchObject([{ kind: "report", chunks: [0, 1, 2, 3, 4].map((chunk) => ({ chunk })) }]);
  expect(handedBack).toEqual([]);
});

test("what there was no time to begin is for others, and the first message is begun in any case", async () => {
  const { unbegun, handedBack } = await worked(20, 10);
  expect(unbegun.size).toBeGreaterThan(0);
  expect([...unbegun, ...handedBack]).not.toContain("m0");
});

test("where the report cannot be sent all its messages come again", async () => {
  const { handedBack } = await worked(3, 0, () => Promise.reject(new Error("full")));
  expect(handedBack).toEqual(["m0", "m1", "m2"]);
});
