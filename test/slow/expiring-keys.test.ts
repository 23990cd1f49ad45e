/** Keys of a role last an hour, and machines stand by for days. */
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { isEmpty } from "../../shared/ports/queue.ts";
import { openRedis } from "../../shared/ports/redis/redis-ports.ts";
import { redisPlace } from "../../shared/ports/redis/redis-url.ts";
import { childSlots } from "../helpers/child-slots.ts";
import { runCli, startCli } from "../helpers/cli.ts";
import { deploymentServer } from "../helpers/deployment-server.ts";
import { expiringKeys } from "../helpers/expiring-keys.ts";
import { noRedis, redisServer } from "../helpers/redis-server.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const PATIENCE = { timeout: 60_000, interval: 50 };

/** A machine with one worker; `told` resolves once it has told news of this kind. */
function tellingWorker(place: readonly string[], env: Readonly<Record<string, string>>) {
  const worker = startCli(["worker", ...place, "--workers", "1", "--json"], { env });
  onTestFinished(() => void worker.child.kill("SIGKILL"));
  const told = (kind: string) => worker.says(new RegExp(`"kind":"${kind}"`));
  return { ...worker, told };
}

describe.skipIf(noRedis)("a bucket as the store of a Redis's jobs", () => {
  test("a worker and a client by a profile look its keys up again before they expire, and its slots get them", async () => {
    const storedBy = new Set<string>();
    const { env: site } = await deploymentServer({
      instead: (_, { method, url = "", headers }) => {
        const [, id = ""] = /Credential=([^/]*)/.exec(headers.authorization ?? "") ?? [];
        if (method === "PUT" && url.includes("/array/escape_time/c/")) storedBy.add(id);
        return false;
      },
    });
    const { url } = await redisServer();
    const { env: profile, looks } = expiringKeys(240_000);
    const env = { ...site, ...profile, AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };
    const at = ["--store", "s3://manyhands"];
    const worker = tellingWorker(["--queue", url, ...at], env);
    await worker.told("started");
    const job = [
      "run",
      "--redis",
      url,
      ...at,
      "--size",
      "200",
      "--chunk",
      "50x25",
      "--no-plots",
      "--quiet",
      "--json",
    ];
    const { code, stdout, stderr } = await runCli(job, { env, cwd: temporaryFolder() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ state: "complete", chunks: { failed: 0 } });
    expect(looks()).toBeGreaterThan(4);
    expect(storedBy.size).toBeGreaterThan(1);
    expect([...storedBy].filter((id) => !/^id\d+$/.test(id))).toEqual([]);
    worker.child.kill("SIGTERM");
    expect((await worker.ended).code).toBe(0);
  });

  test("a worker whose keys cannot be renewed takes no message until they can, and no process with former keys is left", async () => {
    const { env: site } = await deploymentServer();
    const { url } = await redisServer();
    // The SDK uses keys until their last second where it gets no others.
    const { env: profile, renew } = expiringKeys(12_000);
    const env = { ...site, ...profile, AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };
    const at = ["--queue", url, "--store", "s3://manyhands"];
    const { child, ended, said, told } = tellingWorker(at, env);
    const hub = await openRedis(redisPlace(url));
    onTestFinished(() => hub.close());
    const isOver = async (queue: "chunks" | "results") => isEmpty(await hub[queue].depth());
    await told("started");
    renew(-1000);
    await told("trouble");
    expect(said()).toContain("Expected AWS credentials");
    await hub.chunks.send(["{}"]);
    renew(240_000);
    await told("answered");
    await told("done");
    await vi.waitUntil(() => isOver("chunks"), PATIENCE);
    expect(said()).not.toContain('"kind":"died"');
    expect((await hub.deadChunks.depth()).waiting).toBe(0);
    for (let sent = 0; sent < 4; sent++) {
      await hub.results.send(["{}"]);
      await vi.waitUntil(() => isOver("results"), PATIENCE);
    }
    await vi.waitFor(() => expect(childSlots(child, "aggregator")).toHaveLength(1), PATIENCE);
    child.kill("SIGTERM");
    expect((await ended).code).toBe(0);
  });
});
