import { setImmediate as turn } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { handOn, MOST_HANDED_ON, timesHandedOn } from "../../shared/ports/delivery.ts";
import type { Received } from "../../shared/ports/queue.ts";
import type { RedisHub } from "../../shared/ports/redis/redis-ports.ts";
import { MAX_RECEIVE_COUNT } from "../../shared/validation/env.ts";
import { QueueSendError } from "../../shared/validation/errors.ts";
import { timedQueueCases } from "../helpers/queue-cases.ts";
import { emptyHub, hubAt } from "../helpers/redis-hub.ts";
import { noRedis, redisServer } from "../helpers/redis-server.ts";

/** A holder that says nothing loses its message after this; a wait of seconds outlasts it. */
const BRIEF = { visibilityMs: 20 };
const WAIT_MS = 10_000;

async function one({ chunks }: Pick<RedisHub, "chunks">): Promise<Received> {
  const [message] = await chunks.receive(1, WAIT_MS);
  if (!message) throw new Error("Expected a message.");
  return message;
}

describe.skipIf(noRedis)("Redis", async () => {
  const server = await redisServer([], { until: afterAll });

  timedQueueCases(async () => {
    const { chunks, deadChunks } = await emptyHub(server);
    return { inbox: chunks, outbox: chunks, deadLetters: deadChunks };
  });

  test("what was sent before any receiver came is for the first one", async () => {
    const early = await emptyHub(server);
    await early.chunks.send(["a", "b"]);
    expect(await early.chunks.depth()).toEqual({ waiting: 2, inFlight: 0, delayed: 0 });
    expect(await (await hubAt(server)).chunks.receive(10, 0)).toHaveLength(2);
  });

  test("what no worker can do goes round until it was handed on too often, though it was delivered before", async () => {
    const { chunks, deadChunks } = await emptyHub(server);
    await chunks.send([JSON.stringify({ version: 99, handedOn: MOST_HANDED_ON - 2 })]);
    const ports = { chunks, inbox: chunks };
    await chunks.postpone(await one({ chunks }), 0);
    let message = await one({ chunks });
    expect(message.receiveCount).toBe(2);
    for (let handed = 0; handed < 2 * MAX_RECEIVE_COUNT; handed++) {
      if (timesHandedOn(message.body) === MOST_HANDED_ON) break;
      await handOn(message, ports, 0);
      message = await one({ chunks });
    }
    expect(timesHandedOn(message.body)).toBe(MOST_HANDED_ON);
    expect((await deadChunks.depth()).waiting).toBe(0);
  });

  test("a holder that lost its message can neither hide it from its next holder, nor show it to others", async () => {
    const slow = await emptyHub(server, BRIEF);
    await slow.chunks.send(["a"]);
    const lost = await one(slow);
    const next = await hubAt(server);
    const [message] = await (await hubAt(server, BRIEF)).chunks.receive(1, WAIT_MS);
    expect(message).toMatchObject({ id: lost.id, receiveCount: 2 });
    await slow.chunks.postpone(lost, 0);
    await slow.chunks.release([lost], 0);
    expect(await next.chunks.depth()).toEqual({ waiting: 0, inFlight: 1, delayed: 0 });
    expect(await next.chunks.receive(1, 0)).toEqual([]);
    // Its work is done all the same.
    await slow.chunks.acknowledge([lost]);
    expect(await next.chunks.depth()).toEqual({ waiting: 0, inFlight: 0, delayed: 0 });
  });

  test("neither can the same receiver by an earlier delivery", async () => {
    const hub = await emptyHub(server);
    await hub.chunks.send(["a"]);
    const first = await one(hub);
    await hub.chunks.postpone(first, 0);
    await one(hub);
    await hub.chunks.postpone(first, 0);
    expect(await hub.chunks.receive(1, 0)).toEqual([]);
  });

  test("a message is given to another receiver once its holder is silent, and buried after five that were", async () => {
    const hub = await emptyHub(server, BRIEF);
    await hub.chunks.send(["poison"]);
    for (let death = 1; death <= MAX_RECEIVE_COUNT; death++) {
      const holder = await hubAt(server, BRIEF);
      expect((await one(holder)).receiveCount).toBe(death);
      await holder.close();
    }
    expect(await hub.chunks.receive(1, 1000)).toEqual([]);
    expect(await hub.redis.xrange("manyhands:chunks-dead", "-", "+")).toEqual([
      [expect.any(String), ["body", "poison", "receives", `${MAX_RECEIVE_COUNT}`]],
    ]);
    expect(await hub.deadChunks.receive(1, 0)).toMatchObject([{ body: "poison", receiveCount: 1 }]);
  });

  test("a dead letter that is not acknowledged stays one, however often it is delivered", async () => {
    const { deadChunks } = await emptyHub(server);
    await deadChunks.send(["poison"]);
    for (let delivery = 1; delivery <= MAX_RECEIVE_COUNT + 2; delivery++) {
      const [message] = await deadChunks.receive(1, 0);
      expect(message?.receiveCount).toBe(delivery);
      if (message) await deadChunks.postpone(message, 0);
    }
  });

  test("a receiver that ends with messages leaves them to others, and one that ends without leaves nothing", async () => {
    const hub = await emptyHub(server);
    await hub.chunks.send(["a"]);
    const holder = await hubAt(server);
    await one(holder);
    const idle = await hubAt(server);
    await hub.chunks.send(["b"]);
    await idle.chunks.acknowledge([await one(idle)]);
    const receivers = async () =>
      (await hub.redis.call("XINFO", "CONSUMERS", "manyhands:chunks", "workers")) as unknown[];
    expect(await receivers()).toHaveLength(2);
    await holder.close();
    await idle.close();
    expect(await receivers()).toHaveLength(1);
    expect(await one(await hubAt(server, BRIEF))).toMatchObject({ body: "a", receiveCount: 2 });
  });

  test("what its holder let go counts as waiting, and what is hidden for longer than that does not", async () => {
    const hub = await emptyHub(server, BRIEF);
    await hub.chunks.send(["a", "b"]);
    const messages = await hub.chunks.receive(2, 0);
    for (const message of messages) if (message.body === "b") await hub.chunks.postpone(message, 60_000);
    expect(await hub.chunks.receive(1, WAIT_MS)).toMatchObject([{ body: "a", receiveCount: 2 }]);
    expect(await hub.chunks.receive(1, 1000)).toMatchObject([{ body: "a", receiveCount: 3 }]);
    const other = await hubAt(server, { visibilityMs: 0 });
    expect(await other.chunks.depth()).toEqual({ waiting: 1, inFlight: 1, delayed: 0 });
  });

  test("a receiver that is closed while it asks gets nothing, and connects no more", async () => {
    const hub = await emptyHub(server);
    await hub.chunks.receive(1, 0);
    const receiving = hub.chunks.receive(1, WAIT_MS);
    await turn(); // it has asked
    await hub.close();
    expect(await receiving).toEqual([]);
    const watcher = await hubAt(server);
    const connections = String(await watcher.redis.call("CLIENT", "LIST"))
      .trim()
      .split("\n");
    expect(connections).toHaveLength(1);
  });

  test("a receiver that waits is woken by what is sent", async () => {
    const hub = await emptyHub(server);
    const receiving = hub.chunks.receive(10, WAIT_MS);
    const sender = await hubAt(server);
    await sender.chunks.send(["a"]);
    expect(await receiving).toMatchObject([{ body: "a", receiveCount: 1 }]);
  });

  test("a Redis that lost all its data is used on", async () => {
    const hub = await emptyHub(server);
    await hub.chunks.send(["a"]);
    await one(hub);
    await hub.redis.flushall();
    await hub.chunks.send(["b"]);
    expect(await one(hub)).toMatchObject({ body: "b", receiveCount: 1 });
    await hub.redis.flushall();
    expect(await hub.chunks.depth()).toEqual({ waiting: 0, inFlight: 0, delayed: 0 });
    await hub.chunks.send(["c"]);
    expect(await one(hub)).toMatchObject({ body: "c", receiveCount: 1 });
  });

  test("a Redis without memory refuses messages with a reason, and takes what makes room", async () => {
    const hub = await emptyHub(server);
    await hub.chunks.send(["a"]);
    const message = await one(hub);
    await hub.redis.config("SET", "maxmemory", "1");
    try {
      await expect(hub.chunks.send(["b"])).rejects.toThrow(QueueSendError);
      await expect(hub.chunks.send(["b"])).rejects.toThrow("Redis has no memory left (maxmemory)");
      await hub.chunks.postpone(message, 1000);
      await hub.chunks.acknowledge([message]);
    } finally {
      await hub.redis.config("SET", "maxmemory", "0");
    }
    expect(await hub.chunks.depth()).toEqual({ waiting: 0, inFlight: 0, delayed: 0 });
  });
});
