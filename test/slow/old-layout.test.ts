import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../helpers/cli.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures/old-layout");

test.each([
  ["two-axes", "c/1/1"],
  ["one-axis", "c/2"],
])("a folder in which array/ is an array itself is resumed, verified and plotted: %s", async (name, key) => {
  const cwd = temporaryFolder();
  const folder = join(cwd, "results", `old-${name}`);
  cpSync(join(FIXTURES, name), folder, { recursive: true });
  const path = join(folder, "array", key);
  const [before, listed] = [readFileSync(path), readdirSync(join(folder, "array"))];
  rmSync(path);
  expect((await runCli(["verify", folder, "--all"], { cwd })).code).toBe(3);
  // The kernel's sources changed since the fixture was made, its values must not: former releases' jobs need no --force.
  const resumed = await runCli(["resume", folder, "--engine", "threads", "--json"], { cwd });
  expect(JSON.parse(resumed.stdout)).toMatchObject({ state: "complete", round: 1 });
  expect(readFileSync(path)).toEqual(before);
  expect(readdirSync(join(folder, "array"))).toEqual(listed);
  const verified = await runCli(["verify", folder, "--all", "--json"], { cwd });
  expect(JSON.parse(verified.stdout)).toMatchObject({ missing: [], metadata: null, different: [] });
  expect(verified.code).toBe(0);
  expect((await runCli(["plot", folder], { cwd })).code).toBe(0);
  expect(existsSync(join(folder, "heatmap.png"))).toBe(true);
});
