/** What every queue does, whatever it is made of. */
import { expect, test } from "vitest";
import type { AwsClient } from "../../shared/ports/aws/aws-client.ts";
import { sqsInbox } from "../../shared/ports/aws/sqs-inbox.ts";
import { MeasuredSqsQueue } from "../../shared/ports/aws/sqs-queue.ts";
import { handBack } from "../../shared/ports/delivery.ts";
import { type Inbox, isIdle, type MeasuredQueue, type Received } from "../../shared/ports/queue.ts";
import { MAX_RECEIVE_COUNT } from "../../shared/validation/env.ts";

/** Both ends of a queue. */
export interface Ends {
  readonly inbox: Inbox;
  readonly outbox: MeasuredQueue;
  /** Where it buries. */
  readonly deadLetters: Pick<Inbox, "receive">;
}

export function bothEnds(client: AwsClient, url: string, deadLetters: string): Ends {
  return {
    inbox: sqsInbox(client, url),
    outbox: new MeasuredSqsQueue(client, url),
    deadLetters: sqsInbox(client, deadLetters),
  };
}

/** An empty queue with a visibility timeout of half a minute, which buries what was delivered five times. */
export type MakeQueue = () => Promise<Ends>;

const WAIT_MS = 1000;

/** Receives so many messages, a few at a time. */
async function receiveAll({ inbox }: Ends, count: number): Promise<Received[]> {
  const all: Received[] = [];
  while (all.length < count) {
    const some = await inbox.receive(count - all.length, WAIT_MS);
    if (some.length === 0) break;
    all.push(...some);
  }
  return all;
}

async function receiveOne({ inbox }: Ends): Promise<Received> {
  const [message] = await inbox.receive(1, WAIT_MS);
  if (!message) throw new Error("Expected a message.");
  return message;
}

/** The bodies that can be had now: those that come before a message sent for this. */
async function visible({ inbox, outbox }: Ends): Promise<string[]> {
  await outbox.send(["last"]);
  const bodies: string[] = [];
  for (;;) {
    const messages = await inbox.receive(10, WAIT_MS);
    bodies.push(...messages.map(({ body }) => body));
    if (bodies.includes("last")) return bodies.filter((body) => body !== "last");
    if (messages.length === 0) throw new Error("Expected the last message.");
  }
}

export function queueCases(make: MakeQueue): void {
  test("what is sent is received, under an id of its own, as its first delivery", async () => {
    const queue = await make();
    const bodies = Array.from({ length: 12 }, (_, k) => `message ${k}`);
    expect(await queue.outbox.send(bodies)).toBe(12);
    const messages = await receiveAll(queue, 12);
    expect(messages.map(({ body }) => body).toSorted()).toEqual(bodies.toSorted());
    expect(new Set(messages.map(({ id }) => id)).size).toBe(12);
    expect(new Set(messages.map(({ handle }) => handle)).size).toBe(12);
    expect(new Set(messages.map(({ receiveCount }) => receiveCount))).toEqual(new Set([1]));
    const [name = "", ...others] = new Set(messages.map(({ queue: from }) => from));
    expect([name.length > 0, others]).toEqual([true, []]);
  });

  test("no more messages are received than were asked for", async () => {
    const queue = await make();
    await queue.outbox.send(["a", "b", "c"]);
    expect(await queue.inbox.receive(2, WAIT_MS)).toHaveLength(2);
    expect(await queue.inbox.receive(10, WAIT_MS)).toHaveLength(1);
  });

  test("a received message is hidden from others and in flight", async () => {
    const queue = await make();
    await queue.outbox.send(["a"]);
    await receiveOne(queue);
    expect(await queue.outbox.depth()).toMatchObject({ waiting: 0, inFlight: 1 });
    expect(await visible(queue)).toEqual([]);
  });

  test("what is acknowledged is gone, however many messages that are, and nothing is nothing", async () => {
    const queue = await make();
    await queue.outbox.send(Array.from({ length: 23 }, (_, k) => `${k}`));
    await queue.inbox.acknowledge([]);
    await queue.inbox.acknowledge(await receiveAll(queue, 23));
    expect(isIdle(await queue.outbox.depth())).toBe(true);
  });

  test("what is postponed by nothing comes again at once, as its second delivery", async () => {
    const queue = await make();
    await queue.outbox.send(["a"]);
    const first = await receiveOne(queue);
    await queue.inbox.postpone(first, 0);
    const second = await receiveOne(queue);
    expect(second).toMatchObject({ id: first.id, body: "a", receiveCount: 2 });
    await queue.inbox.acknowledge([second]);
    expect(isIdle(await queue.outbox.depth())).toBe(true);
  });

  test("what is postponed by a minute stays hidden, and nothing else is", async () => {
    const queue = await make();
    await queue.outbox.send(["a", "b"]);
    const messages = await receiveAll(queue, 2);
    for (const message of messages) await queue.inbox.postpone(message, message.body === "a" ? 60_000 : 0);
    expect(await visible(queue)).toEqual(["b"]);
  });

  test("what was delivered as often as may be is delivered no more", async () => {
    const queue = await make();
    await queue.outbox.send(["poison"]);
    for (let delivery = 1; delivery <= MAX_RECEIVE_COUNT; delivery++) {
      const message = await receiveOne(queue);
      expect(message.receiveCount).toBe(delivery);
      await queue.inbox.postpone(message, 0);
    }
    expect(await visible(queue)).toEqual([]);
    expect(await queue.deadLetters.receive(1, WAIT_MS)).toMatchObject([{ body: "poison" }]);
  });

  test("what is released of a first delivery comes again as a first delivery", async () => {
    const queue = await make();
    await queue.outbox.send(["a", "b", "c"]);
    await queue.inbox.release(await receiveAll(queue, 3), 0);
    const again = await receiveAll(queue, 3);
    expect(again.map(({ body, receiveCount }) => `${body} ${receiveCount}`).toSorted()).toEqual([
      ...["a 1", "b 1", "c 1"],
    ]);
    await queue.inbox.acknowledge(again);
    expect(isIdle(await queue.outbox.depth())).toBe(true);
  });

  test("what is released of a later delivery comes again, and its deliveries before are not forgotten", async () => {
    const queue = await make();
    await queue.outbox.send(["a"]);
    await queue.inbox.postpone(await receiveOne(queue), 0);
    await queue.inbox.release([await receiveOne(queue)], 0);
    const { body, receiveCount } = await receiveOne(queue);
    expect(body).toBe("a");
    expect([2, 3]).toContain(receiveCount);
  });

  test("what is released of its last delivery is no dead letter", async () => {
    const queue = await make();
    await queue.outbox.send(["a"]);
    for (let delivery = 1; delivery < MAX_RECEIVE_COUNT; delivery++)
      await queue.inbox.postpone(await receiveOne(queue), 0);
    await queue.inbox.release([await receiveOne(queue)], 0);
    expect(await receiveOne(queue)).toMatchObject({ body: "a" });
  });

  test("what is released for a minute stays hidden or delayed, and nothing else does", async () => {
    const queue = await make();
    await queue.outbox.send(["a", "b"]);
    const messages = await receiveAll(queue, 2);
    for (const message of messages) await queue.inbox.release([message], message.body === "a" ? 60_000 : 0);
    expect(await visible(queue)).toEqual(["b"]);
  });

  test("what is handed back comes again", async () => {
    const queue = await make();
    await queue.outbox.send(["a"]);
    await handBack(await receiveOne(queue), queue.inbox, 0);
    expect(await receiveOne(queue)).toMatchObject({ body: "a", receiveCount: 2 });
  });
}

/** Those that take seconds where time is real. */
export function timedQueueCases(make: MakeQueue): void {
  test("an empty queue gives nothing", async () => {
    expect(await (await make()).inbox.receive(10, WAIT_MS)).toEqual([]);
  });

  test("who waits gets what was postponed by a second, once that is over", async () => {
    const queue = await make();
    await queue.outbox.send(["a"]);
    await queue.inbox.postpone(await receiveOne(queue), 1000);
    expect(await queue.inbox.receive(1, 10_000)).toMatchObject([{ body: "a", receiveCount: 2 }]);
  });

  test("who waits gets what was sent with a delay, once that is over", async () => {
    const queue = await make();
    await queue.outbox.send(["a"], { delaySeconds: 4 });
    expect(isIdle(await queue.outbox.depth())).toBe(true);
    expect(await queue.inbox.receive(1, 10_000)).toMatchObject([{ body: "a", receiveCount: 1 }]);
  });
}
