import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { isRunning } from "../../client/processes.ts";
import { MAIN, startCli } from "../helpers/cli.ts";
import { computingRun, expectNothingLeft, isSlot, ticksOf } from "../helpers/computing-run.ts";
import { firstOf } from "../helpers/first-of.ts";
import { familyOf } from "../helpers/sockets.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const NODE = process.execPath;
const ROOT = join(import.meta.dirname, "../..");
/** An older Node, where this machine has one beside the project's. */
const OLD_NODE = ["/usr/bin/node", "/usr/local/bin/node"].find((path) => {
  const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8" });
  return Number.parseInt(stdout?.slice(1) ?? "", 10) < 24;
});
const isLinux = process.platform === "linux";
/** Some seconds. */
const BRIEF = ["double-pendulum", "--points", "200x200", "--chunk", "50x50", "--duration", "40"];

const ENDING = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const;

describe
  .runIf(isLinux)
  .each([["the project's Node", NODE], ...(OLD_NODE ? [["an older Node, which hands over", OLD_NODE]] : [])])(
  "started with %s",
  (_, node = "") => {
    test.each(ENDING)("%s ends all of it, and it says how it goes on", async (signal) => {
      const run = await computingRun([node, MAIN, "run"]);
      run.child.kill(signal);
      await expectNothingLeft(run);
      expect(await run.ended).toMatchObject({
        code: 130,
        stderr: expect.stringMatching(/^Interrupted: .*manyhands resume /s),
      });
    });

    test("nothing is left where it was killed, or ended by a signal that nobody listens for", async () => {
      for (const signal of ["SIGKILL", "SIGUSR2"] as const) {
        const run = await computingRun([node, MAIN, "run"]);
        run.child.kill(signal);
        await expectNothingLeft(run);
      }
    });

    test("SIGHUP does not end what nohup has started", async () => {
      const shell = ["bash", "-c", 'nohup "$@"; exit $?', "-"];
      const run = await computingRun([...shell, node, MAIN, "run"], BRIEF);
      process.kill(run.pids[1]!, "SIGHUP");
      expect(await run.ended).toMatchObject({ code: 0 });
    });
  },
);

test.runIf(isLinux)("of what npm has started nothing is left, whatever ends npm", async () => {
  for (const signal of ["SIGTERM", "SIGKILL", "SIGHUP"] as const) {
    const run = await computingRun(["npm", "--prefix", ROOT, "start", "--silent", "--"]);
    run.child.kill(signal);
    await expectNothingLeft(run);
  }
});

test.runIf(isLinux)(
  "stopped by Ctrl-Z while its slots load, for longer than they may take, it goes on afterwards",
  async () => {
    const cwd = temporaryFolder();
    const { child, ended } = startCli(["run", "--quiet", "--workers", "2", "--out", "out"], { cwd });
    const isLoading = (pid: number) => ticksOf(pid) > 2 && isSlot(pid);
    await vi.waitUntil(() => familyOf(child.pid!).some(isLoading), { timeout: 60_000, interval: 1 });
    // As the terminal would, to the whole process group; the guard has one of its own.
    const pids = familyOf(child.pid!).filter((pid) => nameOf(pid) !== "sh");
    const signalAll = (signal: NodeJS.Signals) =>
      pids.filter(isRunning).map((pid) => process.kill(pid, signal));
    onTestFinished(() => void signalAll("SIGCONT"));
    signalAll("SIGSTOP");
    await sleep(11_000); // a slot may take 10 s to load
    signalAll("SIGCONT");
    expect(await ended).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(readdirSync(join(cwd, "out/logs")).toSorted()).toEqual([
      "aggregator-1.log",
      "splitter-1.log",
      "worker-1.log",
      "worker-2.log",
    ]);
  },
);

/** Starting two processes takes a while where others keep the machine busy. */
const PATIENT = { timeout: 60_000 };

test.runIf(isLinux)("whoever is handed over to stops and goes on with the one that was started", async () => {
  const handOver = `(await import("${join(ROOT, "cli/hand-over.js")}")).handOver("sleep", ["1000"]); console.log("it listens")`;
  const child = spawn(NODE, ["--input-type=module", "--eval", handOver], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const states = () =>
    familyOf(child.pid!)
      .filter((pid) => nameOf(pid) !== "sh")
      .map(stateOf);
  await firstOf(child, child.stdout);
  await expect.poll(states, PATIENT).toHaveLength(2);
  child.kill("SIGTSTP");
  await expect.poll(states, PATIENT).toEqual(["T", "T"]);
  child.kill("SIGCONT");
  await expect.poll(states, PATIENT).toEqual(["S", "S"]);
});

const nameOf = (pid: number) => statusOf(pid, "Name");
const stateOf = (pid: number) => statusOf(pid, "State");

function statusOf(pid: number, field: string): string {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return new RegExp(`^${field}:\\s*(\\w+)`, "m").exec(status)?.[1] ?? "";
}
