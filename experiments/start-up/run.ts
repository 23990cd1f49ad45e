import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PHASES, type PhasesMs } from "../../cli/engines/engine.ts";
import { origin, publish, spread } from "../report.ts";

const ENGINES = ["serial", "threads", "local"] as const;
const REPEATS = 9;

interface Run {
  readonly engine: string;
  readonly plots: boolean;
  /** Wall time of `npm start`, npm included, and of the program alone. */
  readonly npmMs: number;
  readonly programMs: number;
  readonly phasesMs: PhasesMs;
  readonly computeMs: number;
}

const runs: Run[] = [];
for (let repeat = -1; repeat < REPEATS; repeat++) {
  for (const engine of ENGINES) {
    for (const plots of [true, false]) {
      const run = measure(engine, plots);
      if (repeat >= 0) runs.push(run); // the first round builds bundles and fills caches
    }
  }
  console.error(`round ${repeat + 1} of ${REPEATS}`);
}
publish(
  "start-up",
  "The default job (500 x 500 points, 1,000 iterations) from `npm start` to exit, two workers, in ms: median of nine runs in turn, smallest and largest in brackets. The phases follow each other; `startUp` counts from the start of the program. `npm` is what npm itself adds before and after. `CPU in chunks` is the kernel with encoding and storing.",
  origin("node experiments/start-up/run.ts"),
  runs,
  [true, false].map((plots) => ({
    title: plots ? "With the three pictures" : "With --no-plots",
    columns: ["engine", "whole", "npm", ...PHASES, "CPU in chunks"],
    rows: ENGINES.map((engine) => {
      const same = runs.filter((run) => run.engine === engine && run.plots === plots);
      return [
        engine,
        spread(same.map(({ npmMs }) => npmMs)),
        spread(same.map(({ npmMs, programMs }) => npmMs - programMs)),
        ...PHASES.map((phase) => spread(same.map(({ phasesMs }) => phasesMs[phase]))),
        spread(same.map(({ computeMs }) => computeMs)),
      ];
    }),
  })),
);

function measure(engine: string, plots: boolean): Run {
  const folder = mkdtempSync(join(tmpdir(), "manyhands-start-up-"));
  const args = ["--silent", "start", "--", "--engine", engine, "--json", "--out", join(folder, "out")];
  const options = { cwd: join(import.meta.dirname, "../.."), encoding: "utf8" } as const;
  const started = performance.now();
  const { stdout, status } = spawnSync("npm", plots ? args : [...args, "--no-plots"], options);
  const npmMs = performance.now() - started;
  rmSync(folder, { recursive: true, force: true });
  if (status !== 0) throw new Error(`npm start ended with ${status}`);
  const { phasesMs, computeMs } = JSON.parse(stdout) as { phasesMs: PhasesMs; computeMs: number };
  const programMs = Object.values(phasesMs).reduce((sum, ms) => sum + ms, 0);
  return { engine, plots, npmMs, programMs, phasesMs, computeMs };
}
