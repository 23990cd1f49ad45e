import { readFileSync } from "node:fs";

/** Whether a process of any user still runs. A zombie, which has ended but was not waited for, does not run. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process exists and is another user's.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  return /^State:\s*[ZX]/m.test(statusOf(pid));
}

/**
 * The most resident memory that a process had at any time (MB of 2^20 bytes): of this one, or of another. Undefined once that is gone, and
 * where this system has no /proc. Not by getrusage on Linux, which counts what the parent had when it forked.
 */
export function peakMemoryMb(pid: number | "self"): number | undefined {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(statusOf(pid)) ?? [];
  if (kilobytes !== undefined) return Number(kilobytes) / 1024;
  return pid === "self" && process.platform !== "linux" ? process.resourceUsage().maxRSS / 1024 : undefined;
}

/** Its /proc/<pid>/status: empty once the process is gone, and where this system has no /proc. */
export function statusOf(pid: number | "self"): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "latin1");
  } catch {
    return "";
  }
}
