/** A Redis and standing workers on this machine, in processes of their own as a user starts them, for jobs of this process. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Progress } from "../../api/progress.ts";
import { engineNamed } from "../../client/engines/engines.ts";
import { kernelMeant } from "../../client/kernels/meant-kernel.ts";
import { withOwnRedis } from "../../client/local/own-redis.ts";
import { REDIS_URL } from "../../client/redis/redis-env.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import { openRedis } from "../../shared/ports/redis/redis-ports.ts";
import { redisPlace } from "../../shared/ports/redis/redis-url.ts";
import { ROOT } from "./machine.ts";
import { cpuMsOf, parentOf, readProcess } from "./processes.ts";
import { inTemporaryFolder } from "./temporary.ts";

/** `client` is this process: it splits, follows, and aggregates beside the machine's own aggregator. */
export const FLEET_PROCESSES = ["redis", "parent", "workers", "aggregator", "client"] as const;
export type FleetCpu = Readonly<Record<(typeof FLEET_PROCESSES)[number], number>>;

/** Runs `use` with a Redis that has an append-only file and a machine whose workers are up, one a core; then all of it ends. */
export function withFleet<Result>(
  use: (fleet: ReturnType<typeof fleetOf>) => Promise<Result>,
): Promise<Result> {
  return withOwnRedis((url) =>
    inTemporaryFolder(async (folder) => {
      const hub = await openRedis(redisPlace(url));
      const [, serverPid] = /^process_id:(\d+)/m.exec(await hub.redis.info("server")) ?? [];
      const worker = spawn(
        process.execPath,
        [join(ROOT, "cli/main.js"), "worker", "--kernel-uploads", "all", "--json"],
        { env: { ...process.env, [REDIS_URL]: url }, stdio: ["ignore", "pipe", "inherit"] },
      );
      try {
        await begun(worker);
        return await use(fleetOf({ url, folder, hub, serverPid: Number(serverPid), worker }));
      } finally {
        const ended = once(worker, "exit");
        worker.kill();
        if (worker.exitCode === null) await ended;
        await hub.close();
      }
    }),
  );
}

interface Parts {
  readonly url: string;
  readonly folder: string;
  readonly hub: Awaited<ReturnType<typeof openRedis>>;
  readonly serverPid: number;
  readonly worker: ChildProcess;
}

function fleetOf({ url, folder, hub, serverPid, worker }: Parts) {
  let jobs = 0;
  const parent = worker.pid ?? 0;
  const children = (bundle: string) =>
    readdirSync("/proc")
      .filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === `${parent}`)
      .filter((pid) => readProcess(pid, "cmdline").includes(bundle))
      .reduce((sum, pid) => sum + cpuMsOf(Number(pid)), 0);
  return {
    /** Runs a job of a built-in kernel, or of a file's, as `manyhands run --engine redis` does. */
    async run(kernel: string, request: Omit<JobRequest, "kernel">) {
      const { kernel: meant, file } = await kernelMeant(kernel);
      const named = { kernel: meant.name, ...(file !== undefined && { hash: meant.hash, file }) };
      const jobId = `measured-${++jobs}`;
      const engine = await engineNamed("redis").load({ redis: url });
      const { signal } = new AbortController();
      return engine({
        ...{ jobId, request: { ...request, ...named }, folder: join(folder, jobId), workers: 1, signal },
        progress: new Progress(1_000_000, 1),
      });
    },
    /** What each process has used so far (ms). */
    cpuMs(): FleetCpu {
      const { user, system } = process.cpuUsage();
      return {
        redis: cpuMsOf(serverPid),
        parent: cpuMsOf(parent),
        workers: children("worker/index.js"),
        aggregator: children("aggregator/index.js"),
        client: (user + system) / 1000,
      };
    },
    /** How often Redis carried out each command since the last time, those within scripts too. */
    async commands(): Promise<Readonly<Record<string, number>>> {
      const told = await hub.redis.info("commandstats");
      await hub.redis.config("RESETSTAT");
      return Object.fromEntries(
        [...told.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(([, name = "", calls]) => [
          name,
          Number(calls),
        ]),
      );
    },
  };
}

/** Rejects where the worker ends instead. */
async function begun(worker: ChildProcess): Promise<void> {
  const started = Promise.withResolvers<void>();
  worker.once("exit", (code) =>
    started.reject(new Error(`Expected workers to come up, got exit code ${code}`)),
  );
  createInterface(worker.stdout!).on("line", (line) => {
    if (JSON.parse(line).kind === "started") started.resolve();
  });
  await started.promise;
}
