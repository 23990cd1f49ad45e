/** What processes use of memory and CPU time. Linux only. */
import { readdirSync, readFileSync } from "node:fs";
import { peakMemoryMb } from "../../client/processes.ts";
import { STAGES, type Stage } from "../../shared/build/bundling.ts";

const SAMPLE_MS = 50;
const JIFFY_MS = 10;

/** What the largest of some processes had of memory at any time, and all of them of CPU time so far. */
export interface Used {
  readonly peakMb: number;
  readonly cpuMs: number;
}

/** One figure of each process of `used`. */
export function eachProcess<Name extends string>(
  used: Readonly<Record<Name, Used>>,
  of: (used: Used) => number,
): Record<Name, number> {
  const entries = Object.entries<Used>(used).map(([name, one]) => [name, of(one)]);
  return Object.fromEntries(entries) as Record<Name, number>;
}

/** Watches the processes of each stage until `stop` is called: once a process is gone, nothing tells what it used. */
export function watchProcesses(pids: () => Readonly<Record<Stage, number[]>>): {
  stop(): Readonly<Record<Stage, Used>>;
} {
  const used = new Map<number, { readonly stage: Stage } & Used>();
  const look = () => {
    for (const stage of STAGES) {
      for (const pid of pids()[stage]) {
        const { peakMb = 0, cpuMs = 0 } = used.get(pid) ?? {};
        used.set(pid, { stage, peakMb: peakMemoryMb(pid) ?? peakMb, cpuMs: Math.max(cpuMsOf(pid), cpuMs) });
      }
    }
  };
  const timer = setInterval(look, SAMPLE_MS);
  return {
    stop() {
      look();
      clearInterval(timer);
      const of = (stage: Stage): Used => {
        const processes = [...used.values()].filter((process) => process.stage === stage);
        return {
          peakMb: Math.max(0, ...processes.map(({ peakMb }) => peakMb)),
          cpuMs: processes.reduce((total, { cpuMs }) => total + cpuMs, 0),
        };
      };
      return { splitter: of("splitter"), worker: of("worker"), aggregator: of("aggregator") };
    },
  };
}

/** The same of this process, all its threads together; the CPU time since `before`, else since its start. */
export function usedHere(before?: NodeJS.CpuUsage): Used {
  const { user, system } = process.cpuUsage(before);
  return { peakMb: peakMemoryMb("self") ?? 0, cpuMs: (user + system) / 1000 };
}

/** User and system time of a process so far; 0 once it is gone. */
export function cpuMsOf(pid: number): number {
  const fields = readProcess(pid, "stat").split(") ").at(-1)?.split(" ") ?? [];
  const [user = 0, system = 0] = fields.slice(11, 13).map(Number);
  return (user + system) * JIFFY_MS;
}

/** CPU time of the threads that a process has now, in steps of a nanosecond where `cpuMsOf` has 10 ms; 0 once it is gone. */
export function cpuMsOfThreads(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const ns = (thread: string) => Number(readProcess(pid, `task/${thread}/schedstat`).split(" ")[0]);
    return threads.reduce((total, thread) => total + ns(thread), 0) / 1e6;
  } catch {
    return 0;
  }
}

/** The id of a process's parent; empty once the process is gone. */
export function parentOf(pid: string): string {
  return readProcess(pid, "stat").split(") ").at(-1)?.split(" ")[1] ?? "";
}

/** A file of /proc; empty once the process is gone. */
export function readProcess(pid: number | string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}
