/** Two machines, played by network namespaces: one has the Redis, the other a program that sends and receives. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { noRedis } from "../helpers/redis-server.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const HUB = { name: `mh-hub-${process.pid}`, device: "mh0", address: "10.213.7.1" };
const FAR = { name: `mh-far-${process.pid}`, device: "mh1", address: "10.213.7.2" };
const PORT = 7399;
/** As promised: at work again this long after the cable is in again, and after the power is on. */
const PROMISED_MS = { cable: 2_000, power: 5_000 };
/** Longer than a command is waited for, so that the connection is given up meanwhile. */
const CUT_MS = 7_000;
const OFF_MS = 2_000;

const run = (...args: string[]) => spawnSync("ip", args, { encoding: "utf8" });
function ip(...args: string[]): void {
  const { status, stderr } = run(...args);
  if (status !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr}`);
}

function canNamespace(): string | undefined {
  if (noRedis) return noRedis;
  if (process.getuid?.() !== 0) return "network namespaces take root";
  const made = run("netns", "add", `mh-try-${process.pid}`).status === 0;
  run("netns", "del", `mh-try-${process.pid}`);
  return made ? undefined : "this system gives no network namespaces";
}
const lacking = canNamespace();
if (lacking) console.warn(`Skipped: ${lacking}`);

function connect(): void {
  ip("netns", "add", HUB.name);
  ip(
    "link",
    "add",
    HUB.device,
    "netns",
    HUB.name,
    "type",
    "veth",
    "peer",
    "name",
    FAR.device,
    "netns",
    FAR.name,
  );
  for (const { name, device, address } of [HUB, FAR]) {
    ip("-n", name, "addr", "add", `${address}/30`, "dev", device);
    ip("-n", name, "link", "set", device, "up");
  }
}

function startRedis(folder: string): ChildProcess {
  const options = [
    "--bind",
    HUB.address,
    "--port",
    `${PORT}`,
    "--protected-mode",
    "no",
    "--dir",
    folder,
    "--save",
    "",
  ];
  const durable = ["--appendonly", "yes", "--appendfsync", "always"];
  const command = ["netns", "exec", HUB.name, "redis-server", ...options, ...durable];
  return spawn("ip", command, { stdio: "ignore" });
}

describe.skipIf(lacking)("over a line that is cut", () => {
  test("messages go on within 2 s of its being mended, within 5 s of the server's having power again, and none is lost", async () => {
    const folder = temporaryFolder();
    ip("netns", "add", FAR.name);
    onTestFinished(() => void run("netns", "del", FAR.name));
    connect();
    onTestFinished(() => void run("netns", "del", HUB.name));
    let redis = startRedis(folder);
    onTestFinished(() => void redis.kill("SIGKILL"));
    const program = join(import.meta.dirname, "../fixtures/at-a-redis.ts");
    const url = `redis://${HUB.address}:${PORT}`;
    const far = spawn("ip", ["netns", "exec", FAR.name, process.execPath, program, url], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void far.kill("SIGKILL"));
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

    ip("-n", HUB.name, "link", "set", HUB.device, "down");
    await sleep(CUT_MS); // how long the cable is out
    const silentMs = Date.now() - latestMs;
    expect(silentMs).toBeGreaterThan(CUT_MS / 2);
    ip("-n", HUB.name, "link", "set", HUB.device, "up");
    const afterCut = await backAfter(Date.now());

    redis.kill("SIGKILL");
    await once(redis, "exit");
    ip("netns", "del", HUB.name); // with its end of the line, and all that its kernel knew of connections
    await sleep(OFF_MS); // how long it is without power
    connect();
    redis = startRedis(folder);
    const afterPower = await backAfter(Date.now());

    console.log(`At work again ${afterCut} ms after a cable cut, ${afterPower} ms after a power cut.`);
    expect(afterCut).toBeLessThan(PROMISED_MS.cable);
    expect(afterPower).toBeLessThan(PROMISED_MS.power);
    const last = Math.max(...seen);
    const lost = Array.from({ length: last }, (_, k) => k + 1).filter((message) => !seen.has(message));
    expect(lost).toEqual([]);
  }, 90_000);
});
