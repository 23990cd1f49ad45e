import { afterAll, describe, expect, test } from "vitest";
import { RedisStore } from "../../shared/ports/redis/redis-store.ts";
import { StoreFullError } from "../../shared/validation/errors.ts";
import { emptyHub } from "../helpers/redis-hub.ts";
import { noRedis, redisServer } from "../helpers/redis-server.ts";
import { storeCases } from "../helpers/store-cases.ts";

const MEGABYTE = 2 ** 20;

async function keysIn(store: RedisStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.list("")) keys.push(key);
  return keys;
}

describe.skipIf(noRedis)("Redis as the store", async () => {
  const server = await redisServer(["--appendonly", "no"], { until: afterAll });
  const open = async () => new RedisStore((await emptyHub(server)).redis);

  storeCases(open);

  test("what is stored weighs what it weighs, after replacing and removing too", async () => {
    const store = await open();
    await store.put("a", new Uint8Array(1000));
    await store.putIfAbsent("b", new Uint8Array(500));
    await store.putIfAbsent("b", new Uint8Array(900));
    expect((await store.room()).bytes).toBe(1500);
    await store.put("a", new Uint8Array(10));
    expect((await store.room()).bytes).toBe(510);
    await store.putStream(
      "b",
      (async function* () {
        yield new Uint8Array(700);
      })(),
    );
    expect((await store.room()).bytes).toBe(710);
    await store.delete("b");
    await store.delete("b");
    expect((await store.room()).bytes).toBe(10);
    expect(await store.get("b")).toBeUndefined();
    expect(await keysIn(store)).toEqual(["a"]);
  });

  test("half of maxmemory is for objects: more is refused with what to do, and what makes room is not", async () => {
    const { redis } = await emptyHub(server);
    await redis.config("SET", "maxmemory", `${16 * MEGABYTE}`);
    try {
      const store = new RedisStore(redis);
      expect((await store.room()).mostBytes).toBe(8 * MEGABYTE);
      await store.put("a", new Uint8Array(5 * MEGABYTE));
      await expect(store.put("b", new Uint8Array(4 * MEGABYTE))).rejects.toThrow(StoreFullError);
      await expect(store.putIfAbsent("b", new Uint8Array(4 * MEGABYTE))).rejects.toThrow(
        "by --store s3://bucket or --store /shared/folder",
      );
      const stream = async function* () {
        for (let k = 0; k < 4; k++) yield new Uint8Array(MEGABYTE);
      };
      await expect(store.putStream("b", stream())).rejects.toThrow(StoreFullError);
      expect(await keysIn(store)).toEqual(["a"]);
      expect(await redis.keys("manyhands:parts:*")).toEqual([]);
      await store.put("a", new Uint8Array(3 * MEGABYTE));
      await store.put("b", new Uint8Array(4 * MEGABYTE));
    } finally {
      await redis.config("SET", "maxmemory", "0");
    }
  });

  test("a server without maxmemory gives a quarter of its host's memory", async () => {
    const { redis } = await emptyHub(server);
    const host = Number(/^total_system_memory:(\d+)/m.exec(await redis.info("memory"))?.[1]);
    expect((await new RedisStore(redis).room()).mostBytes).toBe(Math.floor(host / 4));
  });

  test("the parts of a stream whose writer died are gone after an hour", async () => {
    const { redis } = await emptyHub(server);
    const store = new RedisStore(redis);
    await store.putStream(
      "a",
      (async function* () {
        yield new Uint8Array(10);
        const [parts = ""] = await redis.keys("manyhands:parts:*");
        expect(await redis.pttl(parts)).toBeGreaterThan(3_500_000);
      })(),
    );
    expect(await redis.ttl("manyhands:object:a")).toBe(-1);
  });
});
