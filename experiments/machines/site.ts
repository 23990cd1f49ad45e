/** A hub with a Redis and machines around it, in network namespaces, with real processes. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { Network } from "../../test/helpers/namespaces.ts";
import { ROOT } from "../measuring/machine.ts";
import { inTemporaryFolder } from "../measuring/temporary.ts";

const PORT = 6379;
export const REDIS_URL = `redis://10.213.7.1:${PORT}`;
const MANYHANDS = [process.execPath, join(ROOT, "cli/main.js")];
const PATIENCE_MS = 90_000;

/** What a worker tells, one JSON line each. */
interface Told {
  readonly machine: string;
  readonly kind: string;
  readonly atMs: number;
  readonly messageId?: string;
}

/** What a command printed, and how it ended. */
export interface Printed {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export type Site = Awaited<ReturnType<typeof open>>;

/** Has `use` play with machines of these names, and ends them, whatever happens. */
export function withSite<Result>(use: (site: Site) => Promise<Result>): Promise<Result> {
  return inTemporaryFolder(async (folder) => {
    const network = new Network("x", ["pc1", "pc2", "client"]);
    const remove = () => network.remove();
    process.once("exit", remove);
    try {
      return await use(await open(network, folder));
    } finally {
      process.off("exit", remove);
      remove();
    }
  });
}

async function open(network: Network, folder: string) {
  const told: Told[] = [];
  const spawnOn = (machine: string, command: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess =>
    spawn(...network.command(machine, command), {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
  let redis: ChildProcess;
  const startRedis = () => {
    const listens = ["--bind", network.hubAddress, "--port", `${PORT}`, "--protected-mode", "no"];
    const keeps = ["--dir", folder, "--save", "", "--appendonly", "yes", "--maxmemory-policy", "noeviction"];
    redis = spawnOn("hub", ["redis-server", ...listens, ...keeps]);
    redis.stdout?.resume();
  };
  startRedis();
  const ask = async (
    command: readonly string[],
    env?: NodeJS.ProcessEnv,
    machine = "client",
  ): Promise<Printed> => {
    const child = spawnOn(machine, command, env);
    const parts = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name]?.setEncoding("utf8").on("data", (text) => {
        parts[name] += text;
      });
    const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
    const [code] = await once(child, "close");
    clearTimeout(timer);
    return { code, ...parts };
  };
  return {
    network,
    told,
    startRedis,
    /** What a command on the client's machine prints. */
    client: (args: readonly string[], env?: NodeJS.ProcessEnv) => ask([...MANYHANDS, ...args], env),
    /** What redis-cli prints, on the hub. */
    redisCli: async (...args: string[]) =>
      (await ask(["redis-cli", "-h", network.hubAddress, ...args], {}, "hub")).stdout.trim(),
    startWorker(machine: string, env?: NodeJS.ProcessEnv): void {
      const options = ["--workers", "1", "--name", machine, "--kernel-uploads", "all", "--json"];
      const child = spawnOn(machine, [...MANYHANDS, "worker", "--queue", REDIS_URL, ...options], env);
      child.stderr?.resume();
      createInterface(child.stdout!).on("line", (line) => told.push({ machine, ...JSON.parse(line) }));
    },
    killRedis(): Promise<unknown> {
      const ended = once(redis, "exit");
      redis.kill("SIGKILL");
      return ended;
    },
    /** Seconds from `fromMs` until each of these has done a message that it told of later. */
    async backAfter(fromMs: number, machines = ["pc1", "pc2"]): Promise<number> {
      const firstOf = (machine: string) =>
        told.find((news) => news.machine === machine && news.kind === "done" && news.atMs > fromMs)?.atMs;
      await until(() => machines.every(firstOf));
      return (Math.max(...machines.map((machine) => firstOf(machine)!)) - fromMs) / 1000;
    },
  };
}

/** Looks every 20 ms, and gives up after 90 s. */
export async function until(isSo: () => unknown): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error(`It did not come within ${PATIENCE_MS / 1000} s: ${isSo}`);
    await sleep(20);
  }
}
