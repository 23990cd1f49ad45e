import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { cpuGroups, openCpuShares } from "../../experiments/throttled-slot/cpu-share.ts";
import { firstOf } from "../helpers/first-of.ts";

const HOLDER = join(import.meta.dirname, "../fixtures/cpu-share.ts");
const groups = cpuGroups(existsSync("/proc/mounts") ? readFileSync("/proc/mounts", "latin1") : "");

/** GitHub's machines, and containers, let no test make a group. */
function whyNot(): string | undefined {
  try {
    openCpuShares(groups).close();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
const refusal = whyNot();
if (refusal) console.warn(`Left out: ${refusal}`);
const withGroups = test.skipIf(refusal !== undefined);

/** Computes for ever. */
function busyProcess(): ChildProcess {
  const child = spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

const groupsOf = (pid: number) =>
  readdirSync(groups!.folder).filter((name) => name.includes(`manyhands-${pid}-`));

async function holderOf(pid: number) {
  const holder = fork(HOLDER, [`${pid}`, "128"], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    execArgv: [],
  });
  onTestFinished(() => void holder.kill("SIGKILL"));
  const [folder] = await firstOf(holder, holder.stdout!);
  expect(existsSync(`${folder}`)).toBe(true);
  expect(groupsOf(holder.pid!)).toEqual([`manyhands-${holder.pid}-${pid}`]);
  return { holder, folder: `${folder}` };
}

withGroups(
  "a held process is throttled, whatever a second call says, and a released one goes on",
  async () => {
    const shares = openCpuShares();
    onTestFinished(() => shares.close());
    const busy = busyProcess();
    const pid = busy.pid!;
    shares.hold(pid, 128);
    shares.hold(pid, 10_240);
    const [group = ""] = groupsOf(process.pid);
    const said = () => readFileSync(join(groups!.folder, group, "cpu.stat"), "latin1");
    // It wants all of a core, and more than its share would be seen to be refused.
    await vi.waitFor(() => expect(said()).toMatch(/^nr_throttled [1-9]/m), { timeout: 30_000 });
    shares.release(pid);
    expect(groupsOf(process.pid)).toEqual([]);
    expect(busy.exitCode).toBeNull();
  },
);

withGroups.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)(
  "after %s no group and no temporary folder is left, and what was held goes on",
  async (signal, code) => {
    const busy = busyProcess();
    const { holder, folder } = await holderOf(busy.pid!);
    holder.kill(signal);
    expect(await once(holder, "exit")).toEqual([code, null]);
    expect(groupsOf(holder.pid!)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
    expect(busy.exitCode).toBeNull();
  },
);

withGroups.each(["fail", "end"])(
  "when the program is told to %s, no group and no temporary folder is left",
  async (what) => {
    const { holder, folder } = await holderOf(busyProcess().pid!);
    holder.send(what);
    expect(await once(holder, "exit")).toEqual([what === "fail" ? 1 : 0, null]);
    expect(groupsOf(holder.pid!)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  },
);

withGroups("what a program left that SIGKILL ended is removed by the next one", async () => {
  const { holder, folder } = await holderOf(busyProcess().pid!);
  holder.kill("SIGKILL");
  await once(holder, "exit");
  expect(groupsOf(holder.pid!)).toHaveLength(1);
  rmSync(folder, { recursive: true });
  const ofOthers = join(groups!.folder, `manyhands-${process.pid}-1`);
  mkdirSync(ofOthers); // its program still runs
  const shares = openCpuShares();
  expect(groupsOf(holder.pid!)).toEqual([]);
  expect(existsSync(ofOthers)).toBe(true);
  shares.hold(busyProcess().pid!, 128);
  shares.close();
  expect(groupsOf(process.pid)).toEqual([`manyhands-${process.pid}-1`]);
  rmdirSync(ofOthers);
});
