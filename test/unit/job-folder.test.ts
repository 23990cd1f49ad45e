import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { claimFolder, runningIn } from "../../cli/job-folder.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

test("a folder is claimed by one process at a time, and free again afterwards", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "running.pid"), `${process.ppid}`);
  expect(runningIn(folder)).toBe(process.ppid);
  expect(() => claimFolder(folder)).toThrow(`which process ${process.ppid} is at.`);
  writeFileSync(join(folder, "running.pid"), "999999999");
  const release = claimFolder(folder);
  expect(readFileSync(join(folder, "running.pid"), "utf8")).toBe(`${process.pid}`);
  release();
  expect(existsSync(join(folder, "running.pid"))).toBe(false);
});

test("a claim with this process's own number is one that another life of it left", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "running.pid"), `${process.pid}`);
  expect(() => claimFolder(folder)()).not.toThrow();
});

test("a claim that is a link is not followed", () => {
  const folder = temporaryFolder();
  const precious = join(temporaryFolder(), "precious");
  writeFileSync(precious, "precious");
  symlinkSync(precious, join(folder, "running.pid"));
  claimFolder(folder)();
  expect(readFileSync(precious, "utf8")).toBe("precious");
});

test("what an interrupted export left goes with the next claim", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "result.npy.1-0-x-1.tmp"), "");
  claimFolder(folder)();
  expect(existsSync(join(folder, "result.npy.1-0-x-1.tmp"))).toBe(false);
});
