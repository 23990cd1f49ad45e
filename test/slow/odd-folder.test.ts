import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { runCli, startCli } from "../helpers/cli.ts";
import { unseenIn } from "../helpers/hostile-text.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

test("a job whose folder's name steers a terminal is run, cancelled and resumed without that", async () => {
  const cwd = temporaryFolder();
  const folder = "a\x1b]0;title\x07\x9b31m\u202ename\n";
  mkdirSync(join(cwd, folder));
  const long = ["double-pendulum", "--points", "300x300", "--chunk", "10x10", "--duration", "600"];
  const running = startCli(["run", ...long, "--engine", "threads", "--out", folder], { cwd });
  while (!existsSync(join(cwd, folder, "job.json"))) await sleep(20);
  const cancelled = await runCli(["cancel", folder], { cwd });
  const ended = await running.ended;
  const again = await runCli(["verify", folder, "--chunks", "1"], { cwd });
  for (const { stdout } of [ended, again]) expect(stdout).toContain("\\x1b]0;title\\x07");
  // A command that can be pasted says it to printf.
  expect(cancelled.stdout).toContain("a\\033\\1350\\073title\\007");
  for (const { stdout, stderr } of [cancelled, ended, again]) expect(unseenIn(stdout + stderr)).toEqual([]);
  expect([cancelled.code, ended.code]).toEqual([0, 3]);
});
