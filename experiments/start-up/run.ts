import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PHASES, type PhasesMs } from "../../cli/engines/engine.ts";
import { origin, publish, spread } from "../measuring/page.ts";

const ENGINES = ["serial", "threads", "local"] as const;
const PROGRAM = join(import.meta.dirname, "../../cli/main.js");

interface Setting {
  readonly title: string;
  readonly flags: readonly string[];
  /** `--size N` is N/2 points a side. */
  readonly points: readonly [rows: number, columns: number];
  readonly repeats: number;
}

const SETTINGS: readonly Setting[] = [
  { title: "500 x 500, without pictures", flags: ["--no-plots"], points: [500, 500], repeats: 15 },
  { title: "500 x 500, with the three pictures", flags: [], points: [500, 500], repeats: 9 },
  {
    title: "4,000 x 4,000, without pictures",
    flags: ["--no-plots", "--size", "8000"],
    points: [4000, 4000],
    repeats: 5,
  },
];

interface Run {
  readonly setting: string;
  readonly engine: string;
  /** Wall time from the start of `node` to its exit. */
  readonly wholeMs: number;
  readonly phasesMs: PhasesMs;
  /** CPU time of the chunks: kernel, encoding, storing. */
  readonly computeMs: number;
}

const runs: Run[] = [];
for (const setting of SETTINGS) {
  for (let repeat = -1; repeat < setting.repeats; repeat++) {
    for (const engine of ENGINES) {
      const run = measure(setting, engine);
      if (repeat >= 0) runs.push(run); // the first round builds bundles and fills caches
    }
  }
  console.error(setting.title);
}
publish(
  "start-up",
  "Mandelbrot at 1,000 iterations from `node` starting to its exit, two workers, in ms: medians of runs in turn, smallest and largest in brackets. The phases follow each other; `startUp` counts from the start of the program, and what the whole has more than their sum is Node's own start and exit. `CPU in chunks` is the kernel with encoding and storing. `npm start` adds what npm takes, about 0.2 s.",
  origin("node experiments/start-up/run.ts"),
  runs,
  SETTINGS.map(({ title, repeats }) => ({
    title: `${title} (${repeats} runs)`,
    columns: ["engine", "whole", ...PHASES, "CPU in chunks"],
    rows: ENGINES.map((engine) => {
      const same = runs.filter((run) => run.engine === engine && run.setting === title);
      return [
        engine,
        spread(same.map(({ wholeMs }) => wholeMs)),
        ...PHASES.map((phase) => spread(same.map(({ phasesMs }) => phasesMs[phase]))),
        spread(same.map(({ computeMs }) => computeMs)),
      ];
    }),
  })),
);

function measure({ title, flags, points }: Setting, engine: string): Run {
  const folder = mkdtempSync(join(tmpdir(), "manyhands-start-up-"));
  const args = [PROGRAM, "run", "--engine", engine, "--json", "--out", join(folder, "out"), ...flags];
  const started = performance.now();
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  const wholeMs = performance.now() - started;
  rmSync(folder, { recursive: true, force: true });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}`);
  const { phasesMs, computeMs, shape, reference } = JSON.parse(stdout) as {
    phasesMs: PhasesMs;
    computeMs: number;
    shape: readonly number[];
    reference: { matches: boolean } | null;
  };
  if (String(shape) !== String(points) || !reference?.matches)
    throw new Error(`Expected ${points} points with the tutorial's sum, got ${shape}`);
  return { setting: title, engine, wholeMs, phasesMs, computeMs };
}
