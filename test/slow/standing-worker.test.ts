import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { isEmpty } from "../../shared/ports/queue.ts";
import { busySlot, childSlots } from "../helpers/child-slots.ts";
import { startCli } from "../helpers/cli.ts";
import { deploymentServer, NO_AWS } from "../helpers/deployment-server.ts";
import { fillMandelbrot, kernelsWith, likeMandelbrot } from "../helpers/kernels.ts";
import { HEAVY_JOB_OF_25_CHUNKS, isChunkOfValues } from "../helpers/stages.ts";
import { submitTo } from "../helpers/submit-to.ts";

const PATIENCE = { timeout: 60_000, interval: 50 };

/** A deployment without functions, and a job of 25 messages that was submitted to it. */
async function submitted(request: object = {}, kernels = kernelsWith()) {
  const { env, folder } = await deploymentServer();
  const { chunks, results } = await submitTo(env, request, kernels);
  const start = (...args: string[]) => {
    const started = startCli(["worker", "--queue", "sqs://Manyhands", ...args], { env });
    onTestFinished(() => void started.child.kill("SIGKILL"));
    return started;
  };
  const stored = () => {
    const at = join(folder, "jobs/j/array");
    return existsSync(at)
      ? readdirSync(at, { recursive: true, encoding: "utf8" }).filter(isChunkOfValues).length
      : 0;
  };
  return { chunks, results, start, stored };
}

test("a standing worker computes a job's messages, and a signal ends it once what it began is done", async () => {
  const { chunks, results, start, stored } = await submitted();
  const { child, ended } = start("--workers", "2");
  await vi.waitUntil(async () => isEmpty(await chunks.depth()), PATIENCE);
  expect(stored()).toBe(25);
  expect((await results.depth()).waiting).toBe(25);
  child.kill("SIGTERM");
  const { code, stderr } = await ended;
  expect(stderr).toMatch(/2 workers for stack Manyhands\. Ctrl-C finishes what is begun/);
  expect(stderr).toMatch(/Drained: 25 messages done, 0 handed back, 0 workers died\./);
  expect(code).toBe(0);
});

test.runIf(process.platform === "linux")(
  "a child that is killed is replaced, and what it had is computed all the same",
  async () => {
    const { chunks, start, stored } = await submitted(HEAVY_JOB_OF_25_CHUNKS);
    const { child, ended } = start("--workers", "2", "--json");
    await vi.waitUntil(() => stored() > 0, PATIENCE);
    process.kill(await busySlot(child), "SIGKILL");
    await vi.waitUntil(async () => isEmpty(await chunks.depth()), PATIENCE);
    expect(stored()).toBe(25);
    child.kill("SIGTERM");
    const { stdout, code } = await ended;
    const news = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(news.filter(({ kind }) => kind === "died")).toMatchObject([
      { why: expect.stringContaining("SIGKILL") },
    ]);
    expect(news.filter(({ kind }) => kind === "done").length).toBeGreaterThanOrEqual(25);
    expect(code).toBe(0);
    expect(childSlots(child)).toEqual([]);
  },
);

test("who is told to end while at work gives what was not begun to others, as if it had not been received", async () => {
  const { chunks, start, stored } = await submitted(HEAVY_JOB_OF_25_CHUNKS);
  const { child, ended } = start("--workers", "2");
  await vi.waitUntil(() => stored() > 0, PATIENCE);
  child.kill("SIGTERM");
  expect((await ended).code).toBe(0);
  const done = stored();
  expect(done).toBeLessThan(25);
  expect(await chunks.depth()).toEqual({ waiting: 25 - done, inFlight: 0, delayed: 0 });
});

test("a standing worker that lacks the kernel fails nothing: the messages are there for others", async () => {
  const { chunks, results, start } = await submitted(
    { kernel: "mine" },
    kernelsWith(likeMandelbrot("mine", fillMandelbrot)),
  );
  const { child, ended } = start("--workers", "1", "--json");
  await vi.waitUntil(async () => (await chunks.depth()).delayed > 0, PATIENCE);
  child.kill("SIGTERM");
  expect((await ended).stdout).not.toContain('"done"');
  expect(isEmpty(await results.depth())).toBe(true);
  const { waiting, inFlight, delayed } = await chunks.depth();
  expect([waiting + delayed, inFlight]).toEqual([25, 0]);
});

test("no workers at all are refused with a sentence", async () => {
  const { code, stderr } = await startCli(["worker", "--queue", "sqs://Manyhands", "--workers", "0"], {
    env: NO_AWS,
  }).ended;
  expect(stderr).toMatch(/^Expected --workers to be a whole number from 1/);
  expect(code).toBe(2);
});
