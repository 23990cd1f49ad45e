/** Lambda's share of a processor for processes of this machine, by cgroups (version 1 or 2). Linux, and usually root, only. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { MB_PER_VCPU } from "../../shared/plan/workers.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";

/** Lambda's own period, as lambda-throttling measured (docs/experiments/cold-start.md). */
const PERIOD_US = 20_000;
const PREFIX = "manyhands-";
const REMOVALS = 200;
const REMOVAL_PAUSE_MS = 5;

/** Groups of one process each. */
export interface CpuShares {
  /**
   * From now on the process has the share of a function with this memory: m / 1769 of a core in each 20 ms. A second
   * call for a process changes nothing, so it may come before each event: memory gives no less CPU while a slot starts.
   * @example localEngine({ slots: { onDeliver: ({ pid }) => shares.hold(pid, 512) } })
   */
  hold(pid: number, memoryMb: number): void;
  /** Removes the group of a process, which goes on unhindered if it has not ended. */
  release(pid: number): void;
  /** Removes all groups; at the end of this program, after Ctrl-C and SIGTERM too, this happens by itself. */
  close(): void;
}

/** Where groups for CPU time can be made. */
export interface CpuGroups {
  readonly version: 1 | 2;
  readonly folder: string;
}

/** Microseconds of CPU time in each period. */
export const quotaUs = (memoryMb: number): number => Math.round((PERIOD_US * memoryMb) / MB_PER_VCPU);

/** Where `mounts`, the text of /proc/mounts, has them; version 1 first, because both may be mounted. */
export function cpuGroups(mounts: string): CpuGroups | undefined {
  const mounted = mounts.split("\n").map((line) => line.split(" "));
  const first = mounted.find(
    ([, , type, options]) => type === "cgroup" && options?.split(",").includes("cpu"),
  );
  if (first?.[1]) return { version: 1, folder: first[1] };
  const second = mounted.find(([, , type]) => type === "cgroup2");
  return second?.[1] ? { version: 2, folder: second[1] } : undefined;
}

/** Throws InvalidInputError where this process may not limit the CPU time of others. */
export function openCpuShares(groups = cpuGroups(readOrNothing("/proc/mounts"))): CpuShares {
  if (!groups) throw noGroups("a system without");
  const { folder, version } = groups;
  removeLeftovers(folder);
  const held = new Map<number, string>();

  const limit = (group: string, us: number) => {
    if (version === 2) return writeFileSync(join(group, "cpu.max"), `${us} ${PERIOD_US}`, { flag: "r+" });
    writeFileSync(join(group, "cpu.cfs_period_us"), `${PERIOD_US}`, { flag: "r+" });
    writeFileSync(join(group, "cpu.cfs_quota_us"), `${us}`, { flag: "r+" });
  };
  const release = (pid: number) => {
    const group = held.get(pid);
    if (group !== undefined) removeGroup(folder, group);
    held.delete(pid);
  };
  const close = () => {
    for (const pid of [...held.keys()]) release(pid);
    process.off("exit", close);
    for (const signal of SIGNALS) process.off(signal, endBy);
  };

  tryOut(folder, limit);
  process.on("exit", close);
  for (const signal of SIGNALS) process.on(signal, endBy);
  return {
    hold(pid, memoryMb) {
      if (held.has(pid)) return;
      const group = join(folder, `${PREFIX}${process.pid}-${pid}`);
      mkdirSync(group);
      held.set(pid, group);
      limit(group, quotaUs(memoryMb));
      writeFileSync(join(group, "cgroup.procs"), `${pid}`, { flag: "r+" });
    },
    release,
    close,
  };
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A signal without a listener ends a process at once, without "exit". */
function endBy(signal: (typeof SIGNALS)[number]): void {
  process.exit(128 + constants.signals[signal]);
}

/** Makes a group and limits it, so that a machine without them is known before anything is measured. */
function tryOut(folder: string, limit: (group: string, us: number) => void): void {
  const group = join(folder, `${PREFIX}${process.pid}-0`);
  try {
    mkdirSync(group);
    limit(group, quotaUs(MB_PER_VCPU));
  } catch (error) {
    throw noGroups(`${(error as NodeJS.ErrnoException).code ?? error} in ${folder}`);
  } finally {
    removeGroup(folder, group);
  }
}

const noGroups = (got: string) =>
  new InvalidInputError("this machine", "one whose cgroups may limit CPU time (Linux, as root)", got);

/** Puts what still runs in the group back above it, because a group with processes cannot be removed. */
function removeGroup(folder: string, group: string): void {
  const isGone = () => attemptTo(() => rmdirSync(group) ?? true) ?? !existsSync(group);
  for (let attempt = 0; attempt < REMOVALS; attempt++) {
    for (const pid of readOrNothing(join(group, "cgroup.procs")).split("\n").filter(Boolean))
      attemptTo(() => writeFileSync(join(folder, "cgroup.procs"), pid, { flag: "r+" }));
    if (isGone()) return;
    // A process that is just ending can neither be moved, nor is it gone.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, REMOVAL_PAUSE_MS);
  }
}

/** Removes groups of programs that SIGKILL ended. */
function removeLeftovers(folder: string): void {
  for (const name of attemptTo(() => readdirSync(folder)) ?? []) {
    const [, owner] = name.match(/^manyhands-(\d+)-\d+$/) ?? [];
    if (owner && !attemptTo(() => process.kill(Number(owner), 0))) removeGroup(folder, join(folder, name));
  }
}

const readOrNothing = (path: string): string => attemptTo(() => readFileSync(path, "latin1")) ?? "";

function attemptTo<Value>(act: () => Value): Value | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
