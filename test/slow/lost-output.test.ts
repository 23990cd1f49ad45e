import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { MAIN, runCli, startCli } from "../helpers/cli.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const isFullDeviceHere = process.platform === "linux";
const RUN = ["run", "--size", "20", "--engine", "serial"];

/** The command with a device in place of one of its streams. */
async function runInto(args: readonly string[], full: "stdout" | "stderr") {
  const device = openSync("/dev/full", "w");
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: temporaryFolder(),
    stdio: ["ignore", full === "stdout" ? device : "pipe", full === "stderr" ? device : "pipe"],
  });
  closeSync(device);
  return ended(child, full === "stdout" ? child.stderr : child.stdout);
}

/** Runs the command before a pipe that is never read. */
async function runIntoClosedPipe(args: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: temporaryFolder(), stdio: "pipe" });
  child.stdout.destroy();
  return ended(child, child.stderr);
}

/** How it ended, and what the stream had to say. */
async function ended(child: ChildProcess, stream: Readable | null) {
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const [code, said] = await Promise.all([exited, text(stream!)]);
  return { code, said };
}

test
  .runIf(isFullDeviceHere)
  .each([
    [["--help"]],
    [["--version"]],
    [["run", "--help"]],
    [["kernels"]],
    [["kernels", "--json"]],
    [[...RUN, "--json"]],
    [RUN],
  ])("%j onto a full device is an error with a sentence", async (args) => {
  expect(await runInto(args, "stdout")).toEqual({
    code: 1,
    said: "Expected an output that can be written to, got ENOSPC: no space left on device, write.\n",
  });
});

test.runIf(isFullDeviceHere).each([
  [["--version"], 0],
  [["rum"], 2],
  [["run", "mandelbrt"], 2],
])("remarks of %j that cannot be written do not change how it ends", async (args, code) => {
  expect(await runInto(args, "stderr")).toMatchObject({ code });
});

test.each([[["--help"]], [["kernels"]], [RUN]])(
  "%j before a pipe that nobody reads ends quietly",
  async (args) => {
    expect(await runIntoClosedPipe(args)).toEqual({ code: 0, said: "" });
  },
);

test("verify says by its exit code that an array is wrong, whether somebody reads why or not", async () => {
  const out = join(temporaryFolder(), "out");
  await runCli([...RUN, "--codec", "none", "--quiet", "--out", out]);
  const chunk = join(out, "array/escape_time/c/0/0");
  writeFileSync(
    chunk,
    readFileSync(chunk).map((byte, k) => (k === 0 ? byte ^ 1 : byte)),
  );
  expect(await runIntoClosedPipe(["verify", out])).toEqual({ code: 1, said: "" });
});

test("a table that is interrupted leaves no part of it, and one of a job that lacks chunks says so", async () => {
  const cwd = temporaryFolder();
  const job = ["run", "--size", "6000", "--engine", "serial", "--no-plots", "-q", "--out", "job"];
  expect(await runCli(job, { cwd })).toMatchObject({ code: 0 });
  const file = join(cwd, "all.csv");
  const { child, ended } = startCli(["table", "job", "--out", "all.csv"], { cwd });
  await expect.poll(() => existsSync(file) && statSync(file).size, { interval: 5 }).toBeGreaterThan(0);
  child.kill("SIGINT");
  expect(await ended).toEqual({ code: 130, stdout: "", stderr: "" });
  expect(existsSync(file)).toBe(false);
  const lacking = ["run", "--size", "20", "--max-iterations", "10", "--engine", "serial", "--no-plots", "-q"];
  expect(await runCli([...lacking, "--job-id", "j"], { cwd })).toMatchObject({ code: 0 });
  rmSync(join(cwd, "results/j/summary.json"));
  const { code, stderr } = await runCli(["table", "j"], { cwd });
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: "Job j has not ended: cells of chunks that are not stored have no value.\n",
  });
});
