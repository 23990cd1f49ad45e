import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { SlotPool, type SlotPoolOptions } from "../../client/local/slots.ts";
import { MOST_IN_A_ROW } from "../../client/local/start-failures.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";
import { attachTo } from "../helpers/debugger.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

/** A pool of one slot that runs this program in place of a handler's. */
function poolOf(program: string, folder = temporaryFolder(), more: Partial<SlotPoolOptions> = {}): SlotPool {
  const path = join(folder, "program.js");
  writeFileSync(path, program);
  const pool = new SlotPool({
    ...{ name: "slot", bundle: "", program: path, max: 1, timeoutMs: 5_000, environment: {} },
    ...{ logFolder: join(folder, "logs"), cacheFolder: join(folder, "cache") },
    ...more,
  });
  onTestFinished(() => pool.close());
  return pool;
}

test("a slot that ended is not given another event, even where its channel outlives it", async () => {
  // Another process holds the channel: so a slot looks that exited a moment ago.
  const pool = poolOf(`
    const { spawn } = require("node:child_process");
    const channel = Number(process.env.NODE_CHANNEL_FD ?? 3);
    process.send({ kind: "ready" });
    process.on("message", () => {
      process.send({ kind: "response", response: process.pid }, () => {
        const stdio = ["ignore", "ignore", "ignore", channel];
        spawn("sleep", ["1"], { stdio, detached: true }).unref();
        process.exit(0);
      });
    });`);
  const first = await pool.invoke({});
  await expect.poll(() => pool.pids).toEqual([]);
  expect(await pool.invoke({})).not.toBe(first);
});

test("slots that never come up are started a few times, and then never again, with a sentence that says why", async () => {
  const folder = temporaryFolder();
  const pool = poolOf("process.exit(7)", folder);
  const refusals: string[] = [];
  for (let k = 0; k < 2 * MOST_IN_A_ROW; k++)
    await pool.invoke({}).catch(({ message }: Error) => refusals.push(message));
  expect(refusals.at(-1)).toBe(
    `Expected a process of the slot to start, got ${MOST_IN_A_ROW} in a row that did not, the last one (slot-${MOST_IN_A_ROW} ended with exit code 7); what it said is in ${join(folder, `logs/slot-${MOST_IN_A_ROW}.log`)}.`,
  );
  await expect(pool.failed).rejects.toThrow(refusals.at(-1));
  expect(readdirSync(join(folder, "logs"))).toHaveLength(MOST_IN_A_ROW);
});

test.each([
  ["a pipe", (path: string) => execFileSync("mkfifo", [path])],
  ["a folder", mkdirSync],
])("where %s is in a log's place there is a sentence, and no process", async (_, put) => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "logs"));
  put(join(folder, "logs/slot-1.log"));
  const pool = poolOf('process.send({ kind: "ready" })', folder);
  await expect(pool.warm(1)).rejects.toThrow(InvalidInputError);
  await expect(pool.failed).rejects.toThrow(/Expected the log of a slot to be a file .*slot-1\.log/);
  expect(pool.pids).toEqual([]);
});

test.runIf(process.platform === "linux")(
  "a slot whose log is on a full disk computes all the same",
  async () => {
    const bundle = join(temporaryFolder(), "bundle.js");
    writeFileSync(
      bundle,
      `exports.handler = async (event) => {
      for (let k = 0; k < 3; k++) await new Promise((resolve) => process.stdout.write("x", resolve));
      return event + 1;
    };`,
    );
    const full = openSync("/dev/full", "w");
    const { slot } = await ensureBundles();
    const child = fork(slot, [bundle, "slot-1"], { execArgv: [], stdio: ["ignore", full, full, "ipc"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    closeSync(full);
    expect(await once(child, "message")).toMatchObject([{ kind: "ready" }, undefined]);
    child.send({ event: 1, timeoutMs: 1000 });
    expect(await once(child, "message")).toMatchObject([{ kind: "response", response: 2 }, undefined]);
  },
);

test("a slot that waits for a debugger may take its time to start", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const folder = temporaryFolder();
  const pool = poolOf(
    'process.send({ kind: "ready" }); process.on("message", () => process.send({ kind: "response", response: 1 }));',
    folder,
    { inspected: "slot-1" },
  );
  const answer = pool.invoke({});
  vi.advanceTimersByTime(3_600_000);
  await attachTo(join(folder, "logs/slot-1.log"));
  expect(await answer).toBe(1);
});

test("what a slot took is told by its process, where it answers: its parent's business is billed nowhere", async () => {
  const billed: object[] = [];
  const pool = poolOf(
    `process.send({ kind: "ready", tookMs: 123 });
    process.on("message", () => process.send({ kind: "response", tookMs: 45, response: null }));`,
    temporaryFolder(),
    { onBilled: (each) => billed.push(each) },
  );
  await pool.invoke({});
  await pool.invoke({});
  expect(billed).toEqual([{ durationMs: 45, initMs: 123 }, { durationMs: 45 }]);
});
