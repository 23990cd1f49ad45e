/** Runs the command line's engines in turn, each from `node` starting to its exit. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { PhasesMs } from "../../client/engines/engine.ts";
import { experiment } from "../measuring/experiment.ts";
import { ROOT } from "../measuring/machine.ts";
import { inTemporaryFolder } from "../measuring/temporary.ts";
import { ENGINES, page, SETTINGS, type Setting } from "./page.ts";

const PROGRAM = join(ROOT, "cli/main.js");

await experiment("start-up", measure, page);

async function measure(): Promise<Run[]> {
  const runs: Run[] = [];
  for (const setting of SETTINGS) {
    for (let repeat = -1; repeat < setting.repeats; repeat++) {
      for (const engine of ENGINES) {
        const run = await inTemporaryFolder((folder) => runOnce(setting, engine, folder));
        if (repeat >= 0) runs.push(run); // the first round builds bundles and fills caches
      }
    }
    console.error(setting.title);
  }
  return runs;
}

export type Run = Awaited<ReturnType<typeof runOnce>>;

/** `wholeMs` is wall time from the start of `node` to its exit, `chunksCpuMs` CPU time: kernel, encoding, storing. */
async function runOnce({ title, flags, points }: Setting, engine: string, folder: string) {
  const args = [PROGRAM, "run", "--engine", engine, "--json", "--out", join(folder, "out"), ...flags];
  const started = performance.now();
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  const wholeMs = performance.now() - started;
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}`);
  const printed = JSON.parse(stdout) as {
    phasesMs: PhasesMs;
    computeMs: number;
    shape: readonly number[];
    reference: { matches: boolean } | null;
  };
  if (String(printed.shape) !== String(points) || !printed.reference?.matches)
    throw new Error(`Expected ${points} points with the tutorial's sum, got ${printed.shape}`);
  return { setting: title, engine, wholeMs, phasesMs: printed.phasesMs, chunksCpuMs: printed.computeMs };
}
