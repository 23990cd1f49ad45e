import { describe, expect, onTestFinished, test, vi } from "vitest";
import { machinesOf } from "../../client/standing/machines.ts";
import { split } from "../../functions/splitter/split.ts";
import { systemClock } from "../../shared/ports/clock.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { openRedis } from "../../shared/ports/redis/redis-ports.ts";
import { redisPlace } from "../../shared/ports/redis/redis-url.ts";
import { getJson } from "../../shared/ports/store.ts";
import { busySlot, childSlots } from "../helpers/child-slots.ts";
import { startCli } from "../helpers/cli.ts";
import { NO_AWS } from "../helpers/deployment-server.ts";
import { fillMandelbrot, kernelsWith, likeMandelbrot } from "../helpers/kernels.ts";
import { noRedis, redisServer } from "../helpers/redis-server.ts";
import { HEAVY_JOB_OF_25_CHUNKS, isChunkOfValues, JOB_OF_25_CHUNKS } from "../helpers/stages.ts";

const PATIENCE = { timeout: 60_000, interval: 50 };

/** A Redis, clients' connections to it, and machines that stand by at it. */
async function hub() {
  const server = await redisServer();
  const redis = await openRedis(redisPlace(server.url), { isPatient: true });
  onTestFinished(() => redis.close());
  const { store, chunks, results } = redis;
  const submit = async (request: object = {}, kernels = kernelsWith()) => {
    const ports = { store, chunks, results, clock: systemClock, kernels, checkAfterSeconds: 0 };
    await split({ ...JOB_OF_25_CHUNKS, ...request }, "j", ports);
  };
  const start = (...args: string[]) => startAt(server.url, ...args);
  const summary = () => getJson(store, jobKeys("j").summary) as Promise<Summary | undefined>;
  const finished = async () => {
    await vi.waitUntil(summary, PATIENCE);
    return (await summary())!;
  };
  const stored = async () => {
    let count = 0;
    for await (const key of store.list("jobs/j/array/")) if (isChunkOfValues(key)) count++;
    return count;
  };
  return { server, redis, submit, start, finished, stored };
}

interface Summary {
  readonly state: string;
  readonly chunks: { readonly done: number; readonly failed: number };
}

function startAt(url: string, ...args: string[]) {
  const started = startCli(["worker", "--queue", url, ...args], { env: NO_AWS });
  onTestFinished(() => void started.child.kill("SIGKILL"));
  return started;
}

const newsOf = (stdout: string) =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

describe.skipIf(noRedis)("machines at a Redis", () => {
  test("a machine computes a job and its aggregator ends it; told to end, it finishes what it began", async () => {
    const { submit, start, finished, redis } = await hub();
    await submit();
    const { child, ended } = start("--workers", "2", "--name", "one");
    expect(await finished()).toMatchObject({ state: "complete", chunks: { done: 25, failed: 0 } });
    const machine = { name: "one", workers: 2, language: "node", at: [] };
    // It says every few seconds what it is at.
    await vi.waitFor(async () => {
      const kernels: string[] = expect.arrayContaining(["mandelbrot"]);
      expect(await machinesOf(redis.redis)).toMatchObject([{ ...machine, kernels }]);
    }, PATIENCE);
    child.kill("SIGTERM");
    const { code, stderr } = await ended;
    expect(stderr).toMatch(/^one: 2 workers for redis:\/\/127\.0\.0\.1:\d+\. Ctrl-C finishes what is begun/);
    expect(stderr).toMatch(/Drained: 25 messages done, 0 handed back, 0 workers died\./);
    expect(code).toBe(0);
    expect(await machinesOf(redis.redis)).toEqual([]);
  });

  test.runIf(process.platform === "linux")(
    "a worker that is killed is replaced, and what it had is computed all the same",
    async () => {
      const { submit, start, finished, stored } = await hub();
      await submit(HEAVY_JOB_OF_25_CHUNKS);
      const { child, ended } = start("--workers", "2", "--json");
      await vi.waitUntil(async () => (await stored()) > 0, PATIENCE);
      process.kill(await busySlot(child), "SIGKILL");
      expect(await finished()).toMatchObject({ state: "complete", chunks: { done: 25, failed: 0 } });
      child.kill("SIGTERM");
      const { stdout, code } = await ended;
      expect(newsOf(stdout).filter(({ kind }) => kind === "died")).toMatchObject([
        { why: expect.stringContaining("SIGKILL") },
      ]);
      expect(code).toBe(0);
      expect(childSlots(child, "worker/index.js")).toEqual([]);
    },
  );

  test("a machine that is told to end while at work gives what it did not begin to others", async () => {
    const { submit, start, stored, redis } = await hub();
    await submit(HEAVY_JOB_OF_25_CHUNKS);
    const { child, ended } = start("--workers", "2");
    await vi.waitUntil(async () => (await stored()) > 0, PATIENCE);
    child.kill("SIGTERM");
    expect((await ended).code).toBe(0);
    const done = await stored();
    expect(done).toBeLessThan(25);
    expect(await redis.chunks.depth()).toEqual({ waiting: 25 - done, inFlight: 0, delayed: 0 });
  });

  test("a machine waits for a Redis that is not there, and goes on after one that was killed", async () => {
    const { server, submit, start, finished, stored } = await hub();
    await submit(HEAVY_JOB_OF_25_CHUNKS);
    await server.kill();
    const { child, ended, says } = start("--workers", "2", "--json");
    await says(/out of reach/);
    await server.start();
    await vi.waitUntil(async () => (await stored()) > 0, PATIENCE);
    await server.kill();
    await server.start();
    expect(await finished()).toMatchObject({ state: "complete", chunks: { done: 25, failed: 0 } });
    child.kill("SIGTERM");
    const { stdout, code } = await ended;
    const kinds = newsOf(stdout).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "trouble").length).toBe(2);
    expect(kinds.filter((kind) => kind === "answered").length).toBe(2);
    expect(code).toBe(0);
  });

  test("a machine that never found its Redis ends when it is told to", async () => {
    const { child, ended, says } = startAt("redis://127.0.0.1:1", "--json");
    await says(/out of reach/);
    child.kill("SIGTERM");
    expect((await ended).code).toBe(0);
  });

  test("a machine that lacks the kernel fails nothing: the messages are there for others", async () => {
    const { submit, start, redis } = await hub();
    await submit({ kernel: "mine" }, kernelsWith(likeMandelbrot("mine", fillMandelbrot)));
    const { child, ended, says } = start("--workers", "1", "--json");
    await says(/handed back/);
    child.kill("SIGTERM");
    const { stdout } = await ended;
    expect(newsOf(stdout).map(({ kind }) => kind)).not.toContain("done");
    expect((await redis.results.depth()).waiting).toBe(0);
    const { waiting, inFlight, delayed } = await redis.chunks.depth();
    expect([waiting + delayed, inFlight]).toEqual([25, 0]);
  });

  test("a second machine of one name is refused with a sentence; one whose machine ended takes the name over", async () => {
    const { start, server, redis } = await hub();
    const first = start("--workers", "1", "--name", "one");
    await vi.waitUntil(async () => (await machinesOf(redis.redis)).length > 0, PATIENCE);
    const { code, stderr } = await start("--name", "one").ended;
    expect(stderr).toMatch(
      /^Expected --name to be a name that no other machine has, got "one"\. It is the name of process \d+ on /,
    );
    expect(code).toBe(2);
    first.child.kill("SIGKILL");
    await first.ended;
    const again = start("--workers", "1", "--name", "one");
    await again.says(/one: 1 worker/);
    const shown = await startCli(["workers", "--redis", server.url], { env: NO_AWS }).ended;
    expect(shown.stdout).toMatch(/^1 machine, 1 worker for redis:\/\/127\.0\.0\.1:\d+\n/);
    expect(shown.stdout).toMatch(/\none +\S+ +\d+ +1 +node \S+ +.* ago +.*nothing\n/);
    expect(shown.stdout).toContain("Kernels: ");
    expect(shown.code).toBe(0);
  });
});

test.each([
  [
    ["worker", "--queue", "http://hub"],
    /^Expected --queue to be a Redis, such as redis:\/\/host, a stack, such as sqs:\/\/Manyhands/,
  ],
  [["worker", "--queue", "redis://hub", "--name", "a b"], /^Expected --name to be letters, digits/],
  [
    ["worker", "--queue", "redis://hub", "--kernel-uploads", "some"],
    /^Expected --kernel-uploads to be one of/,
  ],
  [
    ["worker", "--queue", "sqs://Manyhands", "--store", "redis"],
    /^Expected --store to be left out: a stack has its own/,
  ],
  [["worker"], /^Expected --queue to be .*, got nothing/],
  [["workers"], /^Expected --redis to be the URL of a Redis/],
])("%j is refused with a sentence", async (args, sentence) => {
  const { code, stderr } = await startCli(args, { env: NO_AWS }).ended;
  expect(stderr).toMatch(sentence);
  expect(code).toBe(2);
});
