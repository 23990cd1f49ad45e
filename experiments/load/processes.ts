import { readFileSync } from "node:fs";
import { STAGES, type Stage } from "../../shared/build/bundling.ts";
import { peakMemoryMb } from "../report.ts";

const SAMPLE_MS = 100;
const JIFFY_MS = 10;

/** What the largest process of a stage had of memory at any time, and all of them of CPU time so far. */
export interface Used {
  readonly peakMb: number;
  readonly cpuMs: number;
}

/** Watches the processes of each stage until `stop` is called: what a process used is known no longer once it is gone. */
export function watchProcesses(pids: () => Readonly<Record<Stage, number[]>>): {
  stop(): Readonly<Record<Stage, Used>>;
} {
  const used = new Map<number, { readonly stage: Stage } & Used>();
  const look = () => {
    for (const stage of STAGES) {
      for (const pid of pids()[stage]) {
        const before = used.get(pid);
        const peakMb = peakMemoryMb(pid) ?? before?.peakMb ?? 0;
        used.set(pid, { stage, peakMb, cpuMs: Math.max(cpuMsOf(pid), before?.cpuMs ?? 0) });
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
          cpuMs: processes.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
        };
      };
      return { splitter: of("splitter"), worker: of("worker"), aggregator: of("aggregator") };
    },
  };
}

/** User and system time of a process so far; 0 once it is gone. Linux only. */
function cpuMsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * JIFFY_MS;
  } catch {
    return 0;
  }
}

/** The same of this process, which holds queues and store. */
export function usedHere(): Used {
  const { user, system } = process.cpuUsage();
  return { peakMb: peakMemoryMb("self") ?? 0, cpuMs: (user + system) / 1000 };
}
