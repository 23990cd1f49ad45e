import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

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
