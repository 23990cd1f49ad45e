import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../helpers/cli.ts";
import { filesIn } from "../helpers/file-times.ts";
import { folderWith, pointFile } from "../helpers/kernel-file.ts";

const SQUARE = pointFile("return x * x + half;", 'import { half } from "./half.js";');
const HALF = "export const half = 0.5;";

/** A user's job of ten points and five chunks, of which the first is lost. */
async function brokenJob() {
  const cwd = folderWith({ "square.ts": SQUARE, "half.js": HALF });
  const run = (...args: string[]) => runCli(args, { cwd });
  const job = ["--points", "10", "--chunk", "2", "--job-id", "j", "--engine", "serial", "--no-plots"];
  expect(await run("run", "square.ts", ...job, "-q")).toMatchObject({ code: 0, stderr: "" });
  const folder = join(cwd, "results/j");
  rmSync(join(folder, "array/y/c/0"));
  const hash: string = JSON.parse(readFileSync(join(folder, "job.json"), "utf8")).spec.hash;
  return { cwd, run, folder, hash };
}

/** What each command says that must not begin anything. Throws where one of them wrote into the job's folder. */
async function refusals({ run, folder }: Awaited<ReturnType<typeof brokenJob>>) {
  const before = filesIn(folder);
  const ended = await Promise.all([
    run("resume", "j", "--engine", "threads"),
    run("retry", "j", "--engine", "local", "--json"),
    run("verify", "j"),
  ]);
  expect(filesIn(folder)).toEqual(before);
  for (const { code, stdout } of ended) expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  return ended.map(({ stderr }) => stderr);
}

test("after a change of its file a job is left as it is, with both hashes, until --force", async () => {
  const job = await brokenJob();
  const { cwd, run, folder, hash } = job;
  writeFileSync(join(cwd, "square.ts"), SQUARE.replace("x * x", "x * x * x"));
  const { hash: now } = JSON.parse((await run("check", "square.ts", "--points", "9", "--json")).stdout);
  expect(now).not.toBe(hash);
  const sentence = `Expected job to be one that kernel square began as it is now (${now.slice(0, 16)}), got "j", begun by another version of it (${hash.slice(0, 16)}).`;
  const goOn = `${sentence} Their cells may differ: \`manyhands resume\` with --force goes on all the same.\n`;
  const compare = `${sentence} What is stored can be compared with that version alone: put the file back as it was, or name such a file with --kernel.\n`;
  expect(await refusals(job)).toEqual([goOn, goOn, compare]);
  const kept = filesIn(join(folder, "array/y/c"));
  const forced = await run("resume", "j", "--force", "--engine", "local", "--json");
  expect(JSON.parse(forced.stdout)).toMatchObject({ state: "complete", round: 1 });
  expect(filesIn(join(folder, "array/y/c")).slice(1)).toEqual(kept);
  const table = (await run("table", "j")).stdout.split("\n");
  expect(table[2]).toBe(`0.1,${0.1 * 0.1 * 0.1 + 0.5}`);
  expect(table[4]).toBe(`0.30000000000000004,${0.30000000000000004 ** 2 + 0.5}`);
});

test("--force does not take a kernel of other inputs or values, and stands in the command that is printed after it", async () => {
  const { cwd, run, folder } = await brokenJob();
  const other = pointFile("return z;").replace("x: {", "z: {").replace("{ x }", "{ z }");
  writeFileSync(join(cwd, "other.ts"), other);
  const before = filesIn(folder);
  expect(await run("resume", "j", "--force", "--kernel", "other.ts", "-q")).toEqual({
    code: 2,
    stdout: "",
    stderr:
      "Expected the kernel to be one with the inputs x and the values y, as job j has them, got other, with the inputs z and the values y.\n",
  });
  expect(filesIn(folder)).toEqual(before);
  writeFileSync(join(cwd, "square.ts"), pointFile('throw new Error("no");'));
  const { code, stderr } = await run("resume", "j", "--force", "--engine", "serial", "-q");
  expect(code).toBe(3);
  const again = await run("resume", "j", "--force", "--engine", "serial");
  expect(again.stderr + again.stdout).toMatch(/\n {2}manyhands resume results\/j --force\n/);
  expect(stderr).toBe("");
});

test("a job whose kernel's file is gone says so, and goes on with the same text under another name", async () => {
  const job = await brokenJob();
  const { cwd, run } = job;
  renameSync(join(cwd, "square.ts"), join(cwd, "moved.ts"));
  const sentence = `Expected the kernel's file to be where it was when the job began, got nothing at ${join(cwd, "square.ts")}. --kernel names where it is now.\n`;
  expect(await refusals(job)).toEqual([sentence, sentence, sentence]);
  expect(await run("verify", "j", "--kernel", "nowhere.ts")).toMatchObject({
    stderr: "Expected the kernel's file to be one that can be read, got nothing at nowhere.ts.\n",
    code: 2,
  });
  const verified = await run("verify", "j", "--kernel", "moved.ts", "--json");
  expect(JSON.parse(verified.stdout)).toMatchObject({ chunks: { equal: 4 }, missing: [0] });
  const resumed = await run("resume", "j", "--kernel", "./moved.ts", "--engine", "threads", "--json");
  expect(JSON.parse(resumed.stdout)).toMatchObject({ state: "complete", round: 1 });
  const whole = await run("verify", "j", "--kernel", "moved.ts", "--all", "--json");
  expect(JSON.parse(whole.stdout)).toMatchObject({ chunks: { equal: 5 }, missing: [] });
});
