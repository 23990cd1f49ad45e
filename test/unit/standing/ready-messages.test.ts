import { expect, onTestFinished, test } from "vitest";
import { EventSource, type EventSourceOptions } from "../../../client/local/event-source.ts";
import type { Inbox, Received } from "../../../shared/ports/queue.ts";

/** An event source for a queue of ten messages and a worker that is at each one until the test ends it. */
function began(options: Partial<EventSourceOptions>) {
  const waiting = Array.from({ length: 10 }, (_, k) => ({
    id: `${k}`,
    body: "",
    receiveCount: 1,
    handle: `${k}`,
    queue: "q",
  }));
  const received: string[] = [];
  const atWork: (() => void)[] = [];
  const inbox: Inbox = {
    receive: async (most) => {
      const messages = waiting.splice(0, most);
      if (messages.length === 0) await new Promise(() => {});
      received.push(...messages.map(({ id }) => id));
      return messages;
    },
    acknowledge: async () => {},
    postpone: async () => {},
    release: async () => {},
  };
  const work = async (_: readonly Received[]) => {
    await new Promise<void>((resolve) => atWork.push(resolve));
    return new Set<string>();
  };
  const source = new EventSource({
    ...{ inbox, work, batchSize: 1, batchingWindowMs: 0, maximumConcurrency: 2, ...options },
  });
  onTestFinished(async () => {
    const stopped = source.stop();
    for (const end of atWork) end();
    await stopped;
  });
  source.start();
  return { received, atWork };
}

test("for workers at work nothing is received that others could work, however long they take", async () => {
  let nowMs = 0;
  const { received, atWork } = began({ readyBelowMs: 50, now: () => nowMs });
  await expect.poll(() => atWork.length, { interval: 1 }).toBe(2);
  expect(received).toEqual(["0", "1"]);
  nowMs = 100;
  atWork[0]?.();
  await expect.poll(() => atWork.length, { interval: 1 }).toBe(3);
  expect(received).toEqual(["0", "1", "2"]);
});

test("while messages are brief, one lies ready for each worker", async () => {
  const { received, atWork } = began({ readyBelowMs: 50, now: () => 0 });
  await expect.poll(() => atWork.length, { interval: 1 }).toBe(2);
  atWork[0]?.();
  await expect.poll(() => received, { interval: 1 }).toEqual(["0", "1", "2", "3", "4"]);
  expect(atWork.length).toBe(3);
});

test("without a limit one lies ready for each worker from the start", async () => {
  const { received, atWork } = began({});
  await expect.poll(() => received.length, { interval: 1 }).toBe(4);
  expect(atWork.length).toBe(2);
});
