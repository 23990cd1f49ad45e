import { PHASES } from "../../client/engines/engine.ts";
import type { Page } from "../measuring/page.ts";
import { medianOf, spreadOf } from "../measuring/statistics.ts";
import { columnsFor, tableOf } from "../measuring/table.ts";
import type { Run } from "./run.ts";

export const ENGINES = ["serial", "threads", "local"] as const;

export interface Setting {
  readonly title: string;
  readonly flags: readonly string[];
  /** `--size N` is N/2 points a side. */
  readonly points: readonly [rows: number, columns: number];
  readonly repeats: number;
}

export const SETTINGS: readonly Setting[] = [
  { title: "500 x 500, without pictures", flags: ["--no-plots"], points: [500, 500], repeats: 15 },
  { title: "500 x 500, with the three pictures", flags: [], points: [500, 500], repeats: 9 },
  {
    title: "4,000 x 4,000, without pictures",
    flags: ["--no-plots", "--size", "8000"],
    points: [4000, 4000],
    repeats: 5,
  },
];

export function page(runs: readonly Run[]): Page {
  const runsOf = (setting: string, engine: string) =>
    runs.filter((run) => run.engine === engine && run.setting === setting);
  const [small, , large] = SETTINGS.map(({ title }) => title);
  const whole = (setting = "", engine = "") =>
    medianOf(runsOf(setting, engine), ({ wholeMs }) => wholeMs).toFixed(0);
  return {
    answer: `The default job without pictures takes ${whole(small, "threads")} ms from \`node\` starting to its exit on the engine \`threads\` and ${whole(small, "local")} ms on \`local\`; 4,000 x 4,000 points take ${whole(large, "threads")} and ${whole(large, "local")} ms.`,
    about:
      "Mandelbrot at 1,000 iterations from `node` starting to its exit, two workers, in ms: medians of runs in turn, smallest and largest in brackets. The phases follow each other; `startUp` counts from the start of the program, and what the whole has more than their sum is Node's own start and exit. `CPU in chunks` is the kernel with encoding and storing. `npm start` adds what npm takes, about 0.2 s.",
    tables: SETTINGS.map(({ title, repeats }) =>
      tableOf(
        `${title} (${repeats} runs)`,
        ENGINES.map((engine) => runsOf(title, engine)),
        {
          engine: ([run]) => run!.engine,
          whole: (same) => spreadOf(same, ({ wholeMs }) => wholeMs),
          ...columnsFor(
            PHASES,
            (phase) => phase,
            (same: readonly Run[], phase) => spreadOf(same, ({ phasesMs }) => phasesMs[phase]),
          ),
          "CPU in chunks": (same) => spreadOf(same, ({ chunksCpuMs }) => chunksCpuMs),
        },
      ),
    ),
  };
}
