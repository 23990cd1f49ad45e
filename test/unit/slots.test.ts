import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SlotPool } from "../../cli/local/slots.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

/** A pool of one slot that runs this program in place of a handler's. */
function poolOf(program: string): SlotPool {
  const folder = temporaryFolder();
  const path = join(folder, "program.js");
  writeFileSync(path, program);
  const pool = new SlotPool({
    ...{ name: "slot", bundle: "", program: path, max: 1, timeoutMs: 5_000, environment: {} },
    ...{ logFolder: join(folder, "logs"), cacheFolder: join(folder, "cache") },
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
