/** Keys of a role last an hour, and machines stand by for days. */
import { describe, expect, onTestFinished, test } from "vitest";
import { runCli, startCli } from "../helpers/cli.ts";
import { deploymentServer } from "../helpers/deployment-server.ts";
import { expiringKeys } from "../helpers/expiring-keys.ts";
import { noRedis, redisServer } from "../helpers/redis-server.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

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
    const { env: profile, looks } = expiringKeys(60_000);
    const env = { ...site, ...profile, AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };
    const at = ["--store", "s3://manyhands"];
    const worker = startCli(["worker", "--queue", url, "--workers", "1", ...at], { env });
    onTestFinished(() => void worker.child.kill("SIGKILL"));
    const job = ["run", "--redis", url, ...at, "--size", "200", "--chunk", "50x25", "--no-plots", "--json"];
    const { code, stdout, stderr } = await runCli(job, { env, cwd: temporaryFolder() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ state: "complete", chunks: { failed: 0 } });
    expect(looks()).toBeGreaterThan(4);
    expect(storedBy.size).toBeGreaterThan(1);
    expect([...storedBy].filter((id) => !/^id\d+$/.test(id))).toEqual([]);
    worker.child.kill("SIGTERM");
    expect((await worker.ended).code).toBe(0);
  });
});
