/** A Redis for one command, on a machine where one is installed. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { LocalEngineError } from "../engines/local-engine-error.ts";
import { endWithUs } from "./guard.js";

const PROGRAMS = ["redis-server", "valkey-server"];
/** Another process may take the port just then. */
const PORTS_TRIED = 5;
const LOOK_MS = 10;
const LOG_KEPT = 2_000;

/**
 * Runs `use` with the URL of a redis-server of its own: on a random port of this machine's loopback, with a random password, and with an
 * append-only file in a temporary folder. It ends when `use` does, and with this process however that ends. Throws InvalidInputError where
 * none is installed.
 * @example
 * await withOwnRedis((url) => runOn(redisPlace(url)));
 */
export async function withOwnRedis<Result>(use: (url: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "manyhands-redis-"));
  try {
    const { url, end } = await start(folder);
    try {
      return await use(url);
    } finally {
      await end();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Started {
  readonly url: string;
  end(): Promise<void>;
}

async function start(folder: string): Promise<Started> {
  for (const program of PROGRAMS) {
    for (let attempt = 1; ; attempt++) {
      const started = await startAt(program, folder, await freePort());
      if (started === "not installed") break;
      if (typeof started !== "string") return started;
      if (attempt === PORTS_TRIED) throw new LocalEngineError(`${program} ended at once: ${started}`);
    }
  }
  throw new InvalidInputError(
    "--redis",
    "a URL, or a redis-server to be on PATH",
    "neither",
    "`apt-get install redis-server` and `brew install redis` bring one.",
  );
}

/** Its log where it ended before it took a connection. */
async function startAt(program: string, folder: string, port: number): Promise<Started | string> {
  const password = randomBytes(16).toString("hex");
  // A session of its own: Ctrl-C is for this process, which drains first.
  const child = spawn(program, ["-"], { stdio: ["pipe", "pipe", "ignore"], detached: true });
  const ended = once(child, "exit");
  try {
    await once(child, "spawn");
  } catch {
    ended.catch(() => {});
    return "not installed";
  }
  const released = endWithUs(child.pid as number);
  const log = tailOf(child);
  // Not on the command line, which other users see.
  child.stdin?.on("error", () => {}).end(configuration({ folder, port, password }));
  const end = async () => {
    child.kill();
    await ended;
    await released();
  };
  while (child.exitCode === null && child.signalCode === null) {
    if (await isListening(port)) return { url: `redis://:${password}@127.0.0.1:${port}`, end };
    await sleep(LOOK_MS);
  }
  await released();
  return log();
}

function configuration({ folder, port, password }: Readonly<Record<string, string | number>>): string {
  return `bind 127.0.0.1
port ${port}
requirepass ${password}
dir ${JSON.stringify(folder)}
save ""
appendonly yes
maxmemory-policy noeviction
`;
}

function tailOf({ stdout }: ChildProcess): () => string {
  let log = "";
  stdout?.setEncoding("utf8").on("data", (text: string) => {
    log = (log + text).slice(-LOG_KEPT);
  });
  return () => log.trim().split("\n").at(-1) ?? "";
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const answer = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once("connect", () => answer(true)).once("error", () => answer(false));
  });
}
