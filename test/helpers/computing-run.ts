import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, vi } from "vitest";
import { isRunning } from "../../client/processes.ts";
import { MAIN } from "./cli.ts";
import { familyOf } from "./sockets.ts";
import { temporaryFolder } from "./temporary.ts";

/** Four chunks, each of which takes a worker half a minute and more. */
const DEAR = ["--points", "400x400", "--chunk", "200x200", "--duration", "100"];
/** More than a slot takes to load, in hundredths of a second of CPU. */
const COMPUTES = 60;

export interface ComputingRun {
  readonly child: ChildProcess;
  /** The first process, whatever becomes of the others. */
  readonly exited: Promise<number | null>;
  /** All that could still say something on stderr. */
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
  /** Of all processes that it consists of, the one that was started first. */
  readonly pids: readonly number[];
}

/** A run that was started by this command, once a worker is in the middle of a chunk. Linux only. */
export async function computingRun(
  command: readonly string[] = [process.execPath, MAIN, "run"],
  job: readonly string[] = ["double-pendulum", ...DEAR],
): Promise<ComputingRun> {
  const [program = "", ...args] = command;
  const out = join(temporaryFolder(), "it's out");
  const child = spawn(program, [...args, ...job, "--quiet", "--out", out], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const ended = Promise.all([exited, text(child.stderr!)]).then(([exit, stderr]) => ({ code: exit, stderr }));
  const family = () => familyOf(child.pid!);
  await vi.waitUntil(() => family().some((pid) => ticksOf(pid) > COMPUTES && isSlot(pid, "worker")), {
    timeout: 120_000,
    interval: 20,
  });
  const pids = family();
  onTestFinished(() => {
    for (const pid of pids) if (isRunning(pid)) process.kill(pid, "SIGKILL");
  });
  return { child, exited, ended, pids };
}

/** What is promised of every run within two seconds, however the process that was started first has ended; a busy machine takes longer. */
export async function expectNothingLeft({ exited, pids }: ComputingRun): Promise<void> {
  await exited;
  await expect.poll(() => pids.filter(isRunning)).toEqual([]);
}

/** Whether that is a slot of this stage, or of any. */
export function isSlot(pid: number, stage = "\\w+"): boolean {
  try {
    const slot = new RegExp(`/slot/index\\.js\\0.*/${stage}/index\\.js\\0`);
    return slot.test(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
  } catch {
    return false; // it has ended
  }
}

/** The CPU time of a process, in hundredths of a second. */
export function ticksOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}
