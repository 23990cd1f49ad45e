import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test, vi } from "vitest";
import { temporaryFolder } from "../helpers/temporary.ts";
import { openTerminal } from "../helpers/terminal.ts";

/** A clock on which a tenth of a second is a minute and forty. */
const FAST = "const now = performance.now.bind(performance); performance.now = () => 1000 * now();\n";

/** A run in a terminal on a desktop, which writes down what it is told. */
function start(cwd: string, id: string, ...args: string[]) {
  const job = ["--engine", "serial", "--size", "3000", "--no-plots", "--job-id", id, "--out", id];
  const env = {
    ...{ PATH: `${cwd}:${process.env.PATH}`, DISPLAY: ":0", XDG_DATA_HOME: "/dev/null" },
    NODE_OPTIONS: `--import ${pathToFileURL(join(cwd, "fast.mjs"))}`,
  };
  return openTerminal(["run", ...job, ...args], { cwd, env });
}

test("run --notify rings and tells the desktop how a long job ended; without it neither hears", async () => {
  const cwd = temporaryFolder();
  const noted = join(cwd, "noted");
  writeFileSync(join(cwd, "fast.mjs"), FAST);
  writeFileSync(join(cwd, "notify-send"), `#!/bin/sh\nprintf '%s\\n' "$@" >> '${noted}'\n`, { mode: 0o755 });
  const silent = start(cwd, "silent");
  expect(await silent.ended).toBe(0);
  expect(silent.screen).not.toContain("\u0007");
  const loud = start(cwd, "loud", "--notify");
  expect(await loud.ended).toBe(0);
  expect(loud.screen).toContain("\u0007");
  const told = () => (existsSync(noted) ? readFileSync(noted, "utf8") : "");
  await vi.waitUntil(() => told().includes("loud, after"), { timeout: 60_000 });
  expect(told()).toMatch(/^--app-name=manyhands\n--\nmanyhands: complete\nloud, after \S+ (s|min|h|days)\n$/);
});
