import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { vi } from "vitest";
import { ticksOf } from "./computing-run.ts";

/** The processes that this one started and that run a stage; `named` is in the command line of those that are meant. */
export function childSlots({ pid }: ChildProcess, named = "slot"): number[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((each) => {
    try {
      const [, ppid = ""] = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${each}/status`, "utf8")) ?? [];
      return Number(ppid) === pid && readFileSync(`/proc/${each}/cmdline`, "utf8").includes(named);
    } catch {
      return false; // it has ended
    }
  });
}

/** A worker's slot of this process, once it is seen computing. */
export function busySlot(child: ChildProcess): Promise<number> {
  const before = new Map<number, number>();
  const isBusy = (pid: number) => {
    const ticks = ticksOf(pid);
    const hasGrown = ticks > (before.get(pid) ?? ticks);
    before.set(pid, ticks);
    return hasGrown;
  };
  return vi.waitUntil(() => childSlots(child, "worker/index.js").find(isBusy), {
    timeout: 60_000,
    interval: 20,
  });
}
