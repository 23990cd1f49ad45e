/**
 * A job by a machine of Node and one of Python at a Redis, of which the latter is killed when it has reported, and one by that of Node alone:
 * `node test/python/redis-fleet.ts <command of a worker>`. The machine of Node aggregates. Exit code 1 where a sum is wrong.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { kernels } from "../../client/kernels/loader.ts";
import { withOwnRedis } from "../../client/local/own-redis.ts";
import { split } from "../../functions/splitter/split.ts";
import { systemClock } from "../../shared/ports/clock.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { openRedis, type RedisHub } from "../../shared/ports/redis/redis-ports.ts";
import { redisPlace } from "../../shared/ports/redis/redis-url.ts";
import { readSummary } from "../../shared/record/summary.ts";

const JOBS = [
  { kernel: "mandelbrot", size: 1000, chunk: [50, 50], codec: "zstd" },
  { kernel: "mandelbrot", size: 1000, chunk: [25, 25], chunksPerMessage: 1, codec: "none" },
] as const;
const SUM = 51214485;
const ELSEWHERE = process.argv.slice(2);
const POLL_MS = 50;
const LONGEST_MS = 120_000;

await withOwnRedis(async (url) => {
  const { host, port, password = "" } = redisPlace(url);
  const env = { ...process.env, REDIS_PASSWORD: password };
  const start = ([program = "", ...rest]: readonly string[]) =>
    spawn(program, [...rest, "--queue", `redis://${host}:${port}`, "--workers", "1"], {
      stdio: "inherit",
      env,
    });
  const hub = await openRedis(redisPlace(url));
  const main = join(import.meta.dirname, "../../cli/main.js");
  const workers = [start([process.execPath, main, "worker"]), start(ELSEWHERE)];
  try {
    await untilMachines(hub, 2);
    await run(hub, 0, workers[1]);
    await run(hub, 1);
  } finally {
    for (const worker of workers) worker.kill("SIGTERM");
    await Promise.all(workers.map(ended));
    await hub.close();
  }
});

async function run(hub: RedisHub, n: 0 | 1, victim?: ChildProcess): Promise<void> {
  const jobId = `job-${n}`;
  const ports = { ...hub, clock: systemClock, kernels, checkAfterSeconds: 0 };
  await split(JOBS[n], jobId, ports);
  if (victim) {
    await until(async () => (await segments(hub, jobId)).some((text) => text.includes("python-")));
    victim.kill("SIGKILL");
  }
  await until(() => readSummary(hub.store, jobId));
  const summary = await readSummary(hub.store, jobId);
  const isRight = summary?.state === "complete" && summary.sum === SUM;
  console.log(
    `${jobId}: ${summary?.state}, sum ${summary?.sum}, ${isRight ? "as it should be" : `and not ${SUM}`}`,
  );
  if (!isRight) process.exitCode = 1;
}

/** What was reported, as texts. */
async function segments({ store }: RedisHub, jobId: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const key of store.list(jobKeys(jobId).reports))
    texts.push(Buffer.from((await store.get(key)) ?? []).toString());
  return texts;
}

async function untilMachines({ redis }: RedisHub, count: number): Promise<void> {
  await until(async () => (await redis.keys("manyhands:machine:*")).length >= count);
}

/** Throws where that takes minutes: a worker that cannot start would keep it waiting for ever. */
async function until(look: () => Promise<unknown>): Promise<void> {
  const begunMs = performance.now();
  while (!(await look())) {
    if (performance.now() - begunMs > LONGEST_MS)
      throw new Error(`Expected this within ${LONGEST_MS} ms: ${look}`);
    await sleep(POLL_MS);
  }
}

async function ended(worker: ChildProcess): Promise<void> {
  if (worker.exitCode === null && worker.signalCode === null) await once(worker, "exit");
}
