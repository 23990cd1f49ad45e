import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { withOwnRedis } from "../../client/local/own-redis.ts";
import { isRunning } from "../../client/processes.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { firstOf } from "../helpers/first-of.ts";
import { hubAt } from "../helpers/redis-hub.ts";
import { noRedis } from "../helpers/redis-server.ts";
import { LISTENING, LOOPBACK, socketsOf } from "../helpers/sockets.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const FOLDER = JSON.stringify(join(import.meta.dirname, "../../client/local/own-redis.ts"));
const foldersLeft = () => readdirSync(tmpdir()).filter((name) => name.startsWith("manyhands-redis-"));

async function pidOf(url: string): Promise<number> {
  const { redis } = await hubAt({ url });
  return Number(/^process_id:(\d+)/m.exec(await redis.info("server"))?.[1]);
}

describe.skipIf(noRedis)("a Redis for one command", () => {
  test("keeps an append-only file, answers this machine and this command alone, and ends with it", async () => {
    const before = foldersLeft();
    const pid = await withOwnRedis(async (url) => {
      const { redis } = await hubAt({ url });
      expect(await redis.config("GET", "appendonly")).toEqual(["appendonly", "yes"]);
      const pid = await pidOf(url);
      const listening = socketsOf(pid).filter(({ state }) => state === LISTENING);
      expect(listening.map(({ local }) => LOOPBACK.test(local))).toEqual([true]);
      await expect(hubAt({ url: url.replace(/:\w+@/, "") })).rejects.toThrow("(NOAUTH)");
      const [, password = ""] = /:(\w+)@/.exec(url) ?? [];
      expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).not.toContain(password);
      return pid;
    });
    expect(isRunning(pid)).toBe(false);
    expect(foldersLeft()).toEqual(before);
  });

  test("ends with a command that fails, and with one that is killed", async () => {
    let pid = 0;
    const failing = withOwnRedis(async (url) => {
      pid = await pidOf(url);
      throw new Error("it failed");
    });
    await expect(failing).rejects.toThrow("it failed");
    expect(isRunning(pid)).toBe(false);

    const program = `import { withOwnRedis } from ${FOLDER};
      await withOwnRedis((url) => { console.log(url); return new Promise((resolve) => setTimeout(resolve, 1e6)); });`;
    const folder = temporaryFolder();
    const env = { ...process.env, TMPDIR: folder };
    const command = spawn(process.execPath, ["--input-type=module", "-e", program], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void command.kill("SIGKILL"));
    const [url] = await firstOf(command, command.stdout);
    pid = await pidOf(String(url).trim());
    command.kill("SIGKILL");
    await once(command, "exit");
    await expect.poll(() => isRunning(pid)).toBe(false);
  });
});

test("where none is installed a sentence says how to have one", async () => {
  vi.stubEnv("PATH", temporaryFolder());
  onTestFinished(() => void vi.unstubAllEnvs());
  const running = withOwnRedis(async () => "ran");
  await expect(running).rejects.toThrow(InvalidInputError);
  await expect(running).rejects.toThrow(
    "Expected --redis to be a URL, or a redis-server to be on PATH, got neither. `apt-get install redis-server` and `brew install redis` bring one.",
  );
});
