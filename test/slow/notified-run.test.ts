import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test, vi } from "vitest";
import { temporaryFolder } from "../helpers/temporary.ts";
import { openTerminal } from "../helpers/terminal.ts";

/** A clock on which a tenth of a second is a minute and forty. */
const FAST = "const now = performance.now.bind(performance); performance.now = () => 1000 * now();\n";

/** A run in a terminal on a desktop. */
function start(...args: string[]) {
  const cwd = temporaryFolder();
  const noted = join(cwd, "noted");
  writeFileSync(join(cwd, "fast.mjs"), FAST);
  writeFileSync(join(cwd, "notify-send"), `#!/bin/sh\nprintf '%s\\n' "$@" > '${noted}'\n`, { mode: 0o755 });
  const job = ["--engine", "serial", "--size", "3000", "--no-plots", "--job-id", "j", "--out", "out"];
  const env = {
    ...{ PATH: `${cwd}:${process.env.PATH}`, DISPLAY: ":0", XDG_DATA_HOME: "/dev/null" },
    NODE_OPTIONS: `--import ${pathToFileURL(join(cwd, "fast.mjs"))}`,
  };
  return { terminal: openTerminal(["run", ...job, ...args], { cwd, env }), noted };
}

test("run --notify rings and tells the desktop how a long job ended; without it neither hears", async () => {
  const { terminal, noted } = start("--notify");
  expect(await terminal.ended).toBe(0);
  expect(terminal.screen).toContain("\u0007");
  await vi.waitUntil(() => existsSync(noted), { timeout: 5000 });
  expect(readFileSync(noted, "utf8")).toMatch(/manyhands: complete\nj, after \d+ (s|min)\n/);
  const silent = start();
  expect(await silent.terminal.ended).toBe(0);
  expect(silent.terminal.screen).not.toContain("\u0007");
  expect(existsSync(silent.noted)).toBe(false);
});
