/** The two users as docs/machines.md has them, by a redis-server that has exactly these lines. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { diagnoseRedis } from "../../cli/commands/diagnose-redis.ts";
import { openRedis } from "../../shared/ports/redis/redis-ports.ts";
import { redisPlace } from "../../shared/ports/redis/redis-url.ts";
import { hubAt } from "../helpers/redis-hub.ts";
import { noRedis, redisServer } from "../helpers/redis-server.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../docs/machines.md"), "utf8");
const [, USERS = ""] = /```acl\n(.*?)```/s.exec(PAGE) ?? [];

async function withUsers() {
  const file = join(temporaryFolder(), "users.acl");
  writeFileSync(file, USERS);
  const server = await redisServer(["--aclfile", file]);
  const { port } = server;
  const url = (user: string, password: string) => `redis://${user}:${password}@127.0.0.1:${port}`;
  return { server, port, boss: url("boss", "BOSS-PASSWORD"), hand: url("hand", "HAND-PASSWORD") };
}

describe.skipIf(noRedis)("of a Redis's users", () => {
  test("boss posts, hand works, and each reads what the other made", async () => {
    const urls = await withUsers();
    const boss = await hubAt({ url: urls.boss });
    await boss.store.put("jobs/a/job.json", Buffer.from("{}"));
    await boss.store.put(`kernels/${"a".repeat(64)}.wasm`, Buffer.from("kernel"));
    await boss.chunks.send(["a", "b"]);
    await boss.results.send(["check"], { delaySeconds: 60 });
    const hand = await hubAt({ url: urls.hand });
    expect(await hand.store.get(`kernels/${"a".repeat(64)}.wasm`)).toEqual(Buffer.from("kernel"));
    const messages = await hand.chunks.receive(2, 1000);
    expect(await hand.store.putIfAbsent("jobs/a/array/c/0", Buffer.from("chunk"))).toBe("stored");
    await hand.store.putStream(
      "jobs/a/result.npy",
      (async function* () {
        yield Buffer.from("array");
      })(),
    );
    await hand.results.send(["report"]);
    await hand.chunks.postpone(messages[0]!, 60_000);
    await hand.chunks.release([messages[0]!], 60_000);
    await hand.chunks.acknowledge([messages[1]!]);
    expect(await hand.chunks.depth()).toEqual({ waiting: 0, inFlight: 0, delayed: 1 });
    await hand.redis.set("manyhands:machine:one", "{}", "PX", 15_000);
    const [report] = await boss.results.receive(1, 1000);
    await boss.results.acknowledge([report!]);
    const keys: string[] = [];
    for await (const key of boss.store.list("jobs/")) keys.push(key);
    expect(keys).toEqual(["jobs/a/array/c/0", "jobs/a/job.json", "jobs/a/result.npy"]);
    expect((await boss.redis.scan(0, "MATCH", "manyhands:machine:*", "COUNT", 1000))[1]).toEqual([
      "manyhands:machine:one",
    ]);
    for (const key of keys) await boss.store.delete(key);
  });

  test("hand can post neither kernel nor store, and neither can harm the server or touch what is not ours", async () => {
    const urls = await withUsers();
    const hubs = [await hubAt({ url: urls.boss }), await hubAt({ url: urls.hand })];
    for (const { redis } of hubs) {
      await expect(redis.flushall()).rejects.toThrow("NOPERM");
      await expect(redis.config("GET", "dir")).rejects.toThrow("NOPERM");
      await expect(redis.keys("*")).rejects.toThrow("NOPERM");
      await expect(redis.get("other")).rejects.toThrow("NOPERM");
      await expect(redis.call("FUNCTION", "FLUSH")).rejects.toThrow("NOPERM");
      await expect(redis.call("ACL", "LIST")).rejects.toThrow("NOPERM");
      await expect(redis.eval("return redis.call('SET', 'other', '1')", 0)).rejects.toThrow(
        /NOPERM|can't access|No permissions/,
      );
    }
    const hand = hubs[1]!;
    await expect(hand.store.put(`kernels/${"a".repeat(64)}.cjs`, Buffer.from("evil"))).rejects.toThrow(
      "NOPERM",
    );
    await expect(openRedis(redisPlace(urls.hand), { store: "redis" })).rejects.toThrow(
      "docs/machines.md, Security, has what to do.",
    );
  });

  test("a Redis that is killed has its jobs and messages when it is back, also what scripts wrote", async () => {
    const { server, boss: url } = await withUsers();
    const boss = await hubAt({ url });
    await boss.store.put("jobs/a/job.json", Buffer.from("{}"));
    await boss.chunks.send(["a", "b", "c"]);
    await boss.chunks.acknowledge(await boss.chunks.receive(1, 1000));
    await server.kill();
    await server.start();
    const again = await hubAt({ url });
    expect(await again.store.get("jobs/a/job.json")).toEqual(Buffer.from("{}"));
    expect(await again.chunks.depth()).toMatchObject({ waiting: 2 });
  });

  test("doctor says what each may do, and says of a stranger that it may not", async () => {
    const { server: _, port, ...urls } = await withUsers();
    const found = async (redis: string) =>
      Object.fromEntries(
        (await diagnoseRedis({ redis })).map(({ check, state, text }) => [check, `${state}: ${text}`]),
      );
    expect(await found(urls.boss)).toMatchObject({
      user: "ok: user boss may bring kernels, post jobs, and work on them",
      persistence: "ok: an append-only file",
    });
    expect(await found(urls.hand)).toMatchObject({
      user: "ok: user hand may work on jobs, and bring no kernel",
    });
    expect(await found(`redis://127.0.0.1:${port}`)).toEqual({ redis: expect.stringContaining("(NOAUTH)") });
    expect(Object.keys(await found(urls.boss))).toEqual([
      ...["redis", "persistence", "eviction", "memory", "user", "store", "clock", "queues", "dead letters"],
    ]);
  });
});
