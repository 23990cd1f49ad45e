/** Two machines, played by network namespaces: one has the Redis, the other a program that sends and receives. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { Network, noNamespaces } from "../helpers/namespaces.ts";
import { noRedis } from "../helpers/redis-server.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const PORT = 7399;
/** Half a second and less is usual (docs/machines.md); a busy machine takes longer, and who does not look for a lost line a minute and more. */
const LONGEST_MS = 10_000;
/** Longer than a command is waited for, so that the connection is given up meanwhile. */
const CUT_MS = 7_000;
const OFF_MS = 2_000;

const lacking = noRedis ?? noNamespaces();
if (lacking) console.warn(`Skipped: ${lacking}`);

function startRedis(network: Network, folder: string): ChildProcess {
  const options = [
    ...["--bind", network.hubAddress, "--port", `${PORT}`, "--protected-mode", "no", "--dir", folder],
    ...["--save", "", "--appendonly", "yes", "--appendfsync", "always"],
  ];
  return spawn(...network.command("hub", ["redis-server", ...options]), { stdio: "ignore" });
}

describe.skipIf(lacking)("over a line that is cut", () => {
  test("messages go on soon after it is mended, and after the server has power again, and none is lost", async () => {
    const folder = temporaryFolder();
    const network = new Network("line", ["far"]);
    onTestFinished(() => network.remove());
    let redis = startRedis(network, folder);
    const program = join(import.meta.dirname, "../fixtures/at-a-redis.ts");
    const url = `redis://${network.hubAddress}:${PORT}`;
    const far = spawn(...network.command("far", [process.execPath, program, url]), {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const seen = new Set<number>();
    let latestMs = 0;
    createInterface(far.stdout).on("line", (line) => {
      const [atMs = 0, message = 0] = line.split(" ").map(Number);
      seen.add(message);
      latestMs = atMs;
    });
    /** How long after `fromMs` the next message came. */
    const backAfter = async (fromMs: number): Promise<number> => {
      await expect.poll(() => latestMs, { timeout: 30_000, interval: 20 }).toBeGreaterThan(fromMs);
      return latestMs - fromMs;
    };
    await backAfter(0);

    network.setCable("down");
    await sleep(CUT_MS); // how long the cable is out
    const silentMs = Date.now() - latestMs;
    expect(silentMs).toBeGreaterThan(CUT_MS / 2);
    network.setCable("up");
    const afterCut = await backAfter(Date.now());

    const ended = once(redis, "exit");
    network.powerOff("hub");
    await ended;
    await sleep(OFF_MS); // how long it is without power
    network.powerOn();
    redis = startRedis(network, folder);
    const afterPower = await backAfter(Date.now());

    console.log(`At work again ${afterCut} ms after a cable cut, ${afterPower} ms after a power cut.`);
    expect(afterCut).toBeLessThan(LONGEST_MS);
    expect(afterPower).toBeLessThan(LONGEST_MS);
    const last = Math.max(...seen);
    const lost = Array.from({ length: last }, (_, k) => k + 1).filter((message) => !seen.has(message));
    expect(lost).toEqual([]);
  }, 90_000);
});
