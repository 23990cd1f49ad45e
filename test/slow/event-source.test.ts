import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { expect, onTestFinished, test, vi } from "vitest";
import { acceleratedMapping } from "../../client/local/drive.ts";
import { EventSource, type EventSourceOptions } from "../../client/local/event-source.ts";
import { localInbox } from "../../client/local/local-inbox.ts";
import { queueDepth } from "../../client/local/queue-depth.ts";
import { isIdle } from "../../shared/ports/queue.ts";
import { emulatedCloud } from "../helpers/emulator.ts";

const NONE: ReadonlySet<string> = new Set();

/** An event source on an emulated queue whose worker is the test's; `bodies` are sent before it starts. */
async function source(
  bodies: readonly string[],
  options: Partial<EventSourceOptions>,
  visibilityTimeoutSeconds = 30,
) {
  const { sqs, cloud } = await emulatedCloud({ visibilityTimeoutSeconds, maxReceiveCount: 3 });
  const queue = cloud.queues.chunks;
  for (const body of bodies) await cloud.sqs("SendMessage", { QueueUrl: queue.url, MessageBody: body });
  const events: { body: string; receiveCount: number }[][] = [];
  const eventSource = new EventSource({
    ...{ inbox: localInbox(cloud.sqs, queue), batchSize: 1, batchingWindowMs: 0, maximumConcurrency: 1 },
    ...options,
    work: async (messages) => {
      events.push(messages.map(({ body, receiveCount }) => ({ body, receiveCount })));
      return (await options.work?.(messages)) ?? NONE;
    },
  });
  onTestFinished(() => eventSource.stop());
  eventSource.start();
  const empty = () =>
    vi.waitFor(async () => expect(isIdle(await queueDepth(cloud.sqs, queue))).toBe(true), {
      timeout: 60_000,
    });
  const deadLetters = async () => {
    const command = new ReceiveMessageCommand({
      QueueUrl: cloud.queues.deadLetters.url,
      MaxNumberOfMessages: 10,
    });
    return ((await sqs.send(command)).Messages ?? []).map(({ Body }) => Body);
  };
  return { events, empty, deadLetters, eventSource };
}

const letters = ["a", "b", "c", "d", "e", "f", "g", "h"];

test("hands every message over once and deletes it", async () => {
  const { events, empty } = await source(letters, {});
  await empty();
  // A standard queue promises no order.
  const records = events.flat().toSorted((a, b) => a.body.localeCompare(b.body));
  expect(records).toEqual(letters.map((body) => ({ body, receiveCount: 1 })));
});

// The embedded queue keeps its order, unlike SQS, so that only the seed decides.
test("a seed decides the order, and the same seed the same order", async () => {
  const orders: string[][] = [];
  for (const shuffleSeed of [7, 7, 8]) {
    const { events, empty } = await source(letters, { shuffleSeed });
    await empty();
    orders.push(events.flat().map(({ body }) => body));
  }
  expect(orders[0]).toEqual(orders[1]);
  expect(orders[0]).not.toEqual(orders[2]);
  expect(orders[0]?.toSorted()).toEqual(letters);
});

test("what the function hands back comes again, the rest of its batch does not", async () => {
  const { events, empty } = await source(
    ["good", "bad"],
    {
      batchSize: 2,
      batchingWindowMs: 20,
      work: async (messages) => {
        const bad = messages.filter(({ body, receiveCount }) => body === "bad" && receiveCount === 1);
        return new Set(bad.map(({ id }) => id));
      },
    },
    2,
  );
  await empty();
  expect(events[0]?.map(({ body }) => body).toSorted()).toEqual(["bad", "good"]);
  expect(events.slice(1)).toEqual([[{ body: "bad", receiveCount: 2 }]]);
});

test("a batch waits for others until its window ends or it is flushed", async () => {
  const { events, empty, eventSource } = await source(["a", "b", "c"], {
    batchSize: 10,
    batchingWindowMs: 60_000,
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(events).toEqual([]);
  eventSource.flush();
  await empty();
  expect(
    events
      .flat()
      .map(({ body }) => body)
      .toSorted(),
  ).toEqual(["a", "b", "c"]);
});

test("never more invocations at a time than the maximum concurrency", async () => {
  let running = 0;
  let most = 0;
  const { empty } = await source(letters, {
    maximumConcurrency: 3,
    work: async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running--;
      return NONE;
    },
  });
  await empty();
  expect(most).toBe(3);
});

test("a message whose invocations all fail is received three times and then buried", async () => {
  const { events, empty, deadLetters } = await source(["poison"], {
    work: () => Promise.reject(new Error("died")),
  });
  await empty();
  expect(events.flat()).toEqual([1, 2, 3].map((receiveCount) => ({ body: "poison", receiveCount })));
  expect(await deadLetters()).toEqual(["poison"]);
});

test("with a ramp, no more invocations at a time than it lets in, until it lets all in", async () => {
  let allowed = 1;
  let running = 0;
  const widths: number[] = [];
  let goOn = () => {};
  const { empty } = await source(letters, {
    maximumConcurrency: 8,
    concurrencyAt: () => allowed,
    work: async () => {
      widths.push(++running);
      await new Promise<void>((resolve) => {
        const before = goOn;
        goOn = () => {
          before();
          resolve();
        };
      });
      running--;
      return NONE;
    },
  });
  await expect.poll(() => running).toBe(1);
  allowed = 3;
  await expect.poll(() => running).toBe(3);
  expect(widths).toEqual([1, 2, 3]);
  allowed = 100;
  await expect.poll(() => running).toBe(8);
  goOn();
  await empty();
  expect(Math.max(...widths)).toBe(8);
});

test("AWS's ramp in accelerated time lets in what it lets in there so much later, whoever waits", async () => {
  let nowMs = 0;
  let running = 0;
  let goOn = () => {};
  const ended = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const many = Array.from({ length: 80 }, (_, k) => `${k}`);
  const { empty } = await source(many, {
    maximumConcurrency: 60,
    concurrencyAt: acceleratedMapping(20),
    now: () => nowMs,
    work: async () => {
      running++;
      await ended;
      return NONE;
    },
  });
  // Five at once and five a second more on AWS: here they are five in 50 ms more.
  const letIn: number[] = [];
  for (const [atMs, expected] of [
    [0, 5],
    [50, 10],
    [99, 14],
    [250, 30],
    [550, 60],
    [60_000, 60],
  ] as const) {
    nowMs = atMs;
    await expect.poll(() => running).toBeGreaterThanOrEqual(expected);
    // Whatever comes of looking again comes before that.
    for (let ticks = 0; ticks < 3; ticks++) await new Promise((resolve) => setTimeout(resolve, 10));
    letIn.push(running);
  }
  expect(letIn).toEqual([5, 10, 14, 30, 60, 60]);
  goOn();
  await empty();
});

test("messages that the ramp does not let in stay in the queue, for others", async () => {
  const received: string[] = [];
  const { events, eventSource } = await source(letters, {
    maximumConcurrency: 8,
    concurrencyAt: () => 2,
    onReceive: (bodies) => received.push(...bodies),
    work: () => new Promise((resolve) => setTimeout(() => resolve(NONE), 20)),
  });
  await expect.poll(() => events.length).toBeGreaterThanOrEqual(2);
  // Those at work, and one for each of them.
  expect(received.length).toBeLessThanOrEqual(events.length + 2);
  await eventSource.stop();
});
