import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { claim, removeFormer } from "../../tools/localstack/former.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

/** A place for installations, each folder with something in it. */
function installations(...names: readonly string[]): string {
  const installed = temporaryFolder();
  for (const name of names) mkdirSync(join(installed, name, "bin"), { recursive: true });
  return installed;
}

test("former installations go, and what a running process has claimed stays", () => {
  const installed = installations("python-a", "plugin-a", "python-b", "plugin-b", "plugin-c");
  claim(installed, ["python-b", "plugin-b"]);
  claim(installed, ["python-b", "plugin-c"]);
  removeFormer(installed);
  expect(readdirSync(installed).sort()).toEqual([
    "plugin-b",
    "plugin-c",
    "python-b",
    `used-by-${process.pid}`,
  ]);
});

test("the claims of a process that has ended count no more", () => {
  const installed = installations("python-a");
  const { pid } = spawnSync(process.execPath, ["--version"]);
  writeFileSync(join(installed, `used-by-${pid}`), "python-a\n");
  removeFormer(installed);
  expect(readdirSync(installed)).toEqual([]);
});

test("a folder that is still being filled goes with the claim on its name", () => {
  const installed = installations("python-a.x1Y2z3", "python-b.x1Y2z3");
  claim(installed, ["python-b"]);
  removeFormer(installed);
  expect(readdirSync(installed)).toEqual(["python-b.x1Y2z3", `used-by-${process.pid}`]);
});

test("nothing else is touched", () => {
  const installed = installations("cache", "python");
  removeFormer(installed);
  expect(readdirSync(installed).sort()).toEqual(["cache", "python"]);
});
