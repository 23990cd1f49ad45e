import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { Worker } from "node:worker_threads";
import { usedHere } from "../measuring/processes.ts";
import { CASES, type Case, fastCompute, outOf, partOf, windowOf } from "./cases.ts";
import type { Times } from "./in-c.ts";

const ALL_CORES = `0-${cpus().length - 1}`;

/**
 * A case's twin on several warm threads, each on a core. This thread takes a part itself: it would else need a core only
 * to wait.
 */
export async function timeThreads(
  each: Case,
  threads: number,
  warmUp: number,
  repeats: number,
): Promise<Times> {
  const workers = Array.from(
    { length: threads - 1 },
    (_, k) =>
      new Worker(new URL("./thread.ts", import.meta.url), {
        workerData: { at: CASES.indexOf(each), thread: k + 1, threads },
      }),
  );
  const part = partOf(each, 0, threads);
  const [window, out] = [windowOf(part), [outOf(part)]];
  const round = () => {
    const others = workers.map((worker) => {
      worker.postMessage(undefined);
      return once(worker, "message");
    });
    fastCompute(part.kernel)(window, out);
    return Promise.all(others);
  };
  const isPinned = pin("0", "1");
  for (let k = 0; k < warmUp; k++) await round();
  const times = { wallMs: [] as number[], processorMs: [] as number[] };
  for (let k = 0; k < repeats; k++) {
    const [started, before] = [performance.now(), process.cpuUsage()];
    await round();
    times.wallMs.push(performance.now() - started);
    times.processorMs.push(usedHere(before).cpuMs / threads);
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  if (isPinned) pin(ALL_CORES, ALL_CORES);
  return times;
}

/** Gives this thread and the others their cores, where there is `taskset`: some systems leave two threads on one. */
function pin(own: string, others: string): boolean {
  try {
    for (const thread of readdirSync("/proc/self/task")) {
      const cores = Number(thread) === process.pid ? own : others;
      execFileSync("taskset", ["--pid", "--cpu-list", cores, thread], { stdio: "ignore" });
    }
    return true;
  } catch {
    console.error("The threads run where the system puts them: taskset cannot be used.");
    return false;
  }
}
