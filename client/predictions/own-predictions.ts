/** What was predicted on this machine, and what became of it: a file of the user's, which may be deleted. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { type Planned, PlannedSchema } from "../../shared/messages/planned.ts";
import { MOST_RECORD_BYTES } from "../../shared/ports/bounded.ts";
import { readRegularFile } from "../../shared/ports/file/regular-file.ts";
import { writeWhole } from "../../shared/ports/file/write-whole.ts";
import { finite } from "../../shared/validation/numbers.ts";
import type { CellCost } from "../kernels/cell-cost.ts";
import { ownDataFolder } from "../prices/own-data.ts";

/** Plans that are waited for, and runs that are remembered, of an engine each; older ones are forgotten. */
const MOST_PLANS = 50;
const MOST_RUNS = 200;
/** A run that computes less tells what the engine's compiling takes, and not what the kernel's cells do. */
const TELLING_SECONDS = 0.5;

/** How long jobs are cut by what cells of a planned one took: what was planned is what runs. */
const CELLS_HOLD_MS = 24 * 3_600_000;
const MOST_CELLS = 50;

const figure = { seconds: finite, usd: finite, compute: finite };
const HistorySchema = v.object({
  /** Predictions by the job and the engine, as they were before the engine's runs corrected them; and as they were told. */
  plans: v.array(
    v.object({
      ...{ job: v.string(), engine: v.string(), kernel: v.string(), ...figure },
      told: v.optional(PlannedSchema),
    }),
  ),
  /** What the cells of a planned job took, by which it was cut, and when that was measured (epoch ms). */
  cells: v.optional(
    v.array(
      v.object({
        ...{ job: v.string(), atMs: finite },
        cost: v.union([v.literal("dear"), v.object({ meanSeconds: finite, mostSeconds: finite })]),
      }),
    ),
    [],
  ),
  /** How far they were off once it ran, as ln(actual / predicted), the latest last; and the seconds that were `predicted`. */
  runs: v.array(
    v.object({
      ...{ engine: v.string(), kernel: v.string(), endedAt: v.string() },
      ...{ seconds: finite, usd: v.nullable(finite), compute: v.nullable(finite), predicted: finite },
    }),
  ),
});
export type History = v.InferOutput<typeof HistorySchema>;

export interface Figures {
  /** From the command to the job's end. */
  readonly seconds: number;
  readonly usd: number;
  /** CPU seconds of all chunks. */
  readonly compute: number;
}

/** What is predicted of a job on an engine. */
interface Predicted extends Figures {
  /** As it is shown: corrected by runs, with its interval. */
  readonly told: Planned;
}

/** What a plan predicted of a job, by engine. */
export interface Predictions {
  readonly job: string;
  readonly kernel: string;
  readonly byEngine: Readonly<Record<string, Predicted>>;
  /** What its cells took, where they were timed to cut it. */
  readonly cells?: { readonly job: string; readonly cost: CellCost } | undefined;
}

export const predictionsPath = (): string => join(ownDataFolder(), "predictions.json");

/** What is there: nothing where there is no file, or one that cannot be read, which the next plan replaces. */
export function readHistory(): History {
  try {
    const text = readRegularFile(predictionsPath(), MOST_RECORD_BYTES).toString("utf8");
    return v.parse(HistorySchema, JSON.parse(text));
  } catch {
    return { plans: [], runs: [], cells: [] };
  }
}

/** Whether any run is waited for. Most users never plan: then there is not even a file. */
export const isPlanned = (): boolean => existsSync(predictionsPath()) && readHistory().plans.length > 0;

/** What a plan told of the job on this engine, if one was made since it last ran there. */
export function toldOf(job: string, engine: string): Planned | undefined {
  return readHistory().plans.find((plan) => plan.job === job && plan.engine === engine)?.told;
}

/** What cells of such a job took, where it was planned within a day. */
export function cellsOf(job: string, nowMs = Date.now()): Exclude<CellCost, "unknown"> | undefined {
  const known = readHistory().cells.find((each) => each.job === job);
  const ageMs = nowMs - (known?.atMs ?? 0);
  return known && ageMs >= 0 && ageMs < CELLS_HOLD_MS ? known.cost : undefined;
}

/** Keeps what was predicted of a job, by engine, in place of what was predicted of it before. A machine that keeps no files plans all the same. */
export function rememberPlan({ job, kernel, byEngine, cells }: Predictions, nowMs = Date.now()): void {
  const history = readHistory();
  const added = Object.entries(byEngine).map(([engine, figures]) => ({ job, engine, kernel, ...figures }));
  const others = history.plans.filter((plan) => plan.job !== job);
  // What is known stays as it is until it is old: else planning again and again would hold it for ever.
  const { job: timed, cost = "unknown" } = cells ?? {};
  const isNew = timed !== undefined && cost !== "unknown" && cellsOf(timed, nowMs) === undefined;
  const known = history.cells.filter((each) => !isNew || each.job !== timed);
  write({
    runs: history.runs,
    cells: (isNew ? [...known, { job: timed, atMs: nowMs, cost }] : known).slice(-MOST_CELLS),
    plans: [...others, ...added].slice(-MOST_PLANS * added.length),
  });
}

/** Compares a run with what was predicted of its job on its engine, if anything was. Returns whether it was. */
export function rememberRun(
  job: string,
  engine: string,
  { isMap = false, ...actual }: Figures & { readonly isMap?: boolean },
  now = new Date(),
): boolean {
  const history = readHistory();
  const plan = history.plans.find((each) => each.job === job && each.engine === engine);
  if (!plan) return false;
  const missed = (what: keyof Figures) => Math.log(actual[what] / plan[what]);
  const [seconds, usd, compute] = [missed("seconds"), missed("usd"), missed("compute")];
  if (!Number.isFinite(seconds)) return false;
  const run = {
    ...{ engine: runsOn(engine, isMap), kernel: plan.kernel, endedAt: now.toISOString() },
    ...{ seconds, usd: Number.isFinite(usd) ? usd : null, predicted: plan.seconds },
    compute: actual.compute >= TELLING_SECONDS && Number.isFinite(compute) ? compute : null,
  };
  write({
    ...history,
    plans: history.plans.filter((each) => each !== plan),
    runs: [...history.runs, run].slice(-MOST_RUNS),
  });
  return true;
}

/** Under which name an engine's runs are kept: what items wait says nothing of arrays. */
export const runsOn = (engine: string, isMap: boolean) => (isMap ? `${engine}, map` : engine);

function write(history: History): void {
  try {
    writeWhole(predictionsPath(), `${JSON.stringify(history)}\n`);
  } catch {
    // A home that cannot be written to: the next plan is not corrected.
  }
}
