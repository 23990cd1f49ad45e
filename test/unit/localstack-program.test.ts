import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { isRunning } from "../../client/processes.ts";
import { ProgramError } from "../../tools/localstack/command.ts";
import { runProgram } from "../../tools/localstack/program.ts";
import { firstOf } from "../helpers/first-of.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const shell = (script: string) => ["-c", script];

test("a program that fails is told with all that it said", async () => {
  const running = runProgram("sh", shell("echo one; echo two >&2; exit 3"));
  await expect(running).rejects.toThrow(ProgramError);
  await expect(running).rejects.toThrow(/ended with 3:\n(one\ntwo|two\none)\n/);
});

test("one that is not there is told too", async () => {
  await expect(runProgram("/nowhere/program", [])).rejects.toThrow("/nowhere/program does not start");
});

test("whoever listens gets what it says, and does not get it twice", async () => {
  let said = "";
  const tell = (text: string) => {
    said += text;
  };
  await expect(runProgram("sh", shell("echo one; exit 3"), { tell })).rejects.toThrow(/ended with 3\.$/);
  expect(said).toBe("one\n");
});

test("a signal that came before starts nothing", async () => {
  const signal = AbortSignal.abort(new Error("interrupted"));
  await expect(runProgram("/nowhere/program", [], { signal })).rejects.toThrow("interrupted");
});

test.each([
  ["waits for it", "echo $$ > pids; sh -c 'echo $$ >> pids; exec sleep 1000'; true"],
  [
    "writes elsewhere and ignores SIGINT",
    "sleep 1000 >/dev/null 2>&1 & echo $! > pids; echo $$ >> pids; wait",
  ],
])(
  "an interrupted program ends, and so does its child where it %s",
  async (_, script) => {
    const folder = temporaryFolder();
    const interruption = new AbortController();
    const running = runProgram("sh", shell(script), { cwd: folder, signal: interruption.signal });
    const settled = expect(running).rejects.toThrow("interrupted");
    const pids = await vi.waitFor(() => readPids(join(folder, "pids")), { timeout: 60_000 });
    expect(pids.filter(isRunning)).toEqual(pids);
    interruption.abort(new Error("interrupted"));
    await settled;
    await vi.waitUntil(() => !pids.some(isRunning), { timeout: 60_000 });
  },
  120_000,
);

function readPids(path: string): number[] {
  const pids = readFileSync(path, "utf8").trim().split("\n").map(Number);
  expect(pids.length).toBe(2);
  return pids;
}

test("all of a program ends with whoever runs it, where that is killed", async () => {
  const folder = temporaryFolder();
  const module = join(import.meta.dirname, "../../tools/localstack/program.ts");
  const script = "sleep 1000 & echo $$ $! > pids; wait";
  // Once it has started the program it has started what ends that, too.
  const run = `(await import("${module}")).runProgram("sh", ["-c", "${script}"]); console.log("started");`;
  const parent = spawn(process.execPath, ["--input-type=module", "--eval", run], {
    cwd: folder,
    stdio: ["ignore", "pipe", "ignore"],
  });
  await firstOf(parent, parent.stdout);
  const pids = () => (existsSync(join(folder, "pids")) ? pidsIn(join(folder, "pids")) : []);
  await vi.waitUntil(() => pids().length === 2, { timeout: 60_000 });
  parent.kill("SIGKILL");
  await expect.poll(() => pids().filter(isRunning), { timeout: 60_000 }).toEqual([]);
}, 120_000);

const pidsIn = (path: string) => readFileSync(path, "utf8").trim().split(" ").filter(Boolean).map(Number);
