import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { freePort } from "../../tools/localstack/port.ts";

/** Why suites that need a redis-server are skipped here; undefined where one is installed. */
export const noRedis: string | undefined =
  spawnSync("redis-server", ["--version"]).error === undefined
    ? undefined
    : "no redis-server is on PATH (Debian: apt-get install redis-server)";
if (noRedis) console.warn(`Skipped: ${noRedis}`);

export interface RedisServer {
  readonly port: number;
  /** Its data. */
  readonly folder: string;
  /** `redis://127.0.0.1:<port>`. */
  readonly url: string;
  readonly pid: number;
  /** As by a power cut: SIGKILL. */
  kill(): Promise<void>;
  /** Again on the same port and folder. */
  start(): Promise<void>;
  /** Ends it, as SIGTERM does. */
  stop(): Promise<void>;
}

/**
 * A redis-server of this test's own on 127.0.0.1, with an append-only file; `options` as on its command line. With `until: afterAll` it is
 * the file's.
 */
export async function redisServer(
  options: readonly string[] | ((port: number) => readonly string[]) = [],
  { until = onTestFinished }: { readonly until?: (end: () => Promise<void>) => void } = {},
): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), "manyhands-redis-"));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals) => {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, "exit");
    running.kill(signal);
    await ended;
  };
  const start = async () => {
    const fixed = ["--bind", "127.0.0.1", "--port", `${port}`, "--dir", folder, "--save", ""];
    const durable = ["--appendonly", "yes", "--appendfsync", "always"];
    const own = typeof options === "function" ? options(port) : options;
    child = spawn("redis-server", [...fixed, ...durable, ...own], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let log = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      log = (log + text).slice(-4000);
    });
    await listening(port, () => {
      if (child?.exitCode !== null) throw new Error(`redis-server ended: ${log}`);
    });
  };
  until(async () => {
    await end("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  await start();
  return {
    ...{ port, folder, url: `redis://127.0.0.1:${port}`, start },
    get pid() {
      return child?.pid ?? 0;
    },
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
  };
}

/** Waits until a server answers there; `orThrow` is asked between attempts. */
export async function listening(port: number, orThrow: () => void): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const isThere = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    });
    socket.destroy();
    if (isThere) return;
    orThrow();
    await sleep(10);
  }
}
