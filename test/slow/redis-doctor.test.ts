import { describe, expect, test } from "vitest";
import { diagnoseRedis } from "../../cli/commands/diagnose-redis.ts";
import { runCli } from "../helpers/cli.ts";
import { hubAt } from "../helpers/redis-hub.ts";
import { noRedis, redisServer } from "../helpers/redis-server.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

async function found(redis: string, store?: string) {
  const findings = await diagnoseRedis({ redis, store });
  return Object.fromEntries(findings.map(({ check, state, text }) => [check, `${state}: ${text}`]));
}

describe.skipIf(noRedis)("doctor --redis", () => {
  test("finds all in order, leaves nothing behind, and says so in text and as JSON", async () => {
    const server = await redisServer(["--maxmemory", "100mb"]);
    const { code, stdout } = await runCli(["doctor", "--redis", server.url]);
    expect(stdout).toMatch(
      new RegExp(
        [
          `^✔ redis         (Redis|Valkey) [\\d.]+ at ${server.url}`,
          "✔ persistence   an append-only file: a power cut loses nothing",
          "✔ eviction      it evicts nothing",
          "✔ memory        .* of 105 MB used",
          "✔ user          user default may bring kernels, post jobs, and work on them",
          "✔ store         Redis can be listed and written, the latter under conditions; 0 B of at most 52.4 MB of objects",
          "✔ clock         its clock and this machine's agree",
          "✔ queues        0 chunk messages waiting and 0 being worked on, 0 report messages on their way",
          "✔ dead letters  0 of chunks, 0 of reports\n$",
        ].join("\n"),
      ),
    );
    expect(code).toBe(0);
    const { redis } = await hubAt(server);
    const left = await redis.keys("*");
    expect(left.filter((key) => !/^manyhands:(objects:bytes|(chunks|results)(-dead)?)$/.test(key))).toEqual(
      [],
    );
    expect(await redis.get("manyhands:objects:bytes")).toBe("0");
  });

  test("warns of what would lose jobs, and of no limit", async () => {
    const { url } = await redisServer(["--appendonly", "no", "--maxmemory-policy", "volatile-lru"]);
    expect(await found(url)).toMatchObject({
      persistence: "warning: it keeps no append-only file: with its process, all jobs and messages end",
      eviction:
        "warning: maxmemory-policy is volatile-lru: short of memory it drops keys in place of refusing more",
      memory: expect.stringMatching(
        /^warning: .* used, and no maxmemory: it may take all of its host's .*B$/,
      ),
    });
  });

  test("looks at the store that is named, here or by its jobs, and decides nothing", async () => {
    const server = await redisServer();
    const folder = temporaryFolder();
    expect((await found(server.url, folder)).store).toBe(
      `ok: ${folder} can be listed and written, the latter under conditions`,
    );
    const { redis } = await hubAt(server);
    expect(await redis.exists("manyhands:store")).toBe(0);
    await redis.set("manyhands:store", folder);
    expect((await found(server.url)).store).toContain(folder);
    expect((await found(server.url, "redis")).store).toBe(
      `problem: its jobs have their objects in ${folder}, and not in redis`,
    );
    expect((await found(server.url, "/none/here")).store).toContain("problem:");
  });

  test("a Redis that is not there is a problem with exit code 2, and so is no URL", async () => {
    const server = await redisServer();
    await server.kill();
    const gone = await runCli(["doctor", "--redis", server.url, "--json"]);
    expect(JSON.parse(gone.stdout)).toEqual([
      {
        ...{ check: "redis", state: "problem" },
        text: `Expected Redis at ${server.url} to be there, got connect ECONNREFUSED 127.0.0.1:${server.port}.`,
      },
    ]);
    expect(gone.code).toBe(2);
    const bad = await runCli(["doctor", "--redis", "http://:secret@hub"]);
    expect([bad.code, bad.stderr]).toEqual([2, expect.stringMatching(/^Expected --redis to be a URL /)]);
    expect(bad.stderr).not.toContain("secret");
  });
});
