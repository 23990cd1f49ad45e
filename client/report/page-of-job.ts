/** What the report of a job shows that has ended. */
import type { Ledger } from "../../functions/aggregator/ledger.ts";
import { specialOf, timeline } from "../../functions/aggregator/pictures.ts";
import type { Overview } from "../../plots/picture.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import type { AttemptFailure } from "../../shared/messages/chunk-report.ts";
import { declarationOf } from "../../shared/plan/declaration-of.ts";
import { peakMemoryOfJob } from "../../shared/plan/peak-memory.ts";
import type { StoreReader } from "../../shared/ports/store.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { viewOfJob } from "../../shared/record/job-view.ts";
import { readPeaks } from "../../shared/record/memory.ts";
import type { Summary } from "../../shared/record/summary.ts";
import { commandLine } from "../../shared/validation/command-line.ts";
import { boundedBars, type PageBar } from "../page/page-bars.ts";
import { type Picked, pickedCells } from "../page/page-cells.ts";
import { costBin, MOST_FAILURES, type PageData, type PageFailure } from "../page/page-data.ts";
import { startedPage } from "../page/started-page.ts";
import type { Reported } from "./reported.ts";

/** A job that has ended, and what was reported of it; `memory.json`, which no deployment has, lies `here`. */
export interface Ended {
  readonly job: StoredJob;
  readonly summary: Summary;
  readonly reported: Reported;
  readonly here: Pick<StoreReader, "get">;
  readonly engine: string | undefined;
  readonly command: string;
  /** The machine's that all workers were on. */
  readonly cores?: number | undefined;
}

export async function pageOfJob(ended: Ended): Promise<PageData> {
  const { job, summary, reported, engine, command, cores } = ended;
  const { ledger, failures, memoryMb, unread } = reported;
  const declaration = declarationOf(job, KERNELS);
  const started = startedPage({ ...job, declaration }, engine, ledger.layout.total);
  const shown = timeline(job, declaration, summary, ledger);
  const { bars, costs } = barsOf(shown.bars, ledger);
  const { chunks, failedAttempts, workers, coldStarts, cost } = summary;
  const picked = pickedCells(viewOfJob(job), job.spec.values);
  return {
    ...{ ...started, command, state: summary.state },
    values: started.values.map((value, k) => {
      const special = specialOf(job, declaration.values[k]?.special);
      const cells = cellsAt(ledger.values[k]!.overview, picked);
      return { ...value, cells, ...(special && { special }) };
    }),
    lanes: shown.slots,
    bars: boundedBars(bars, shown.slots.length),
    coldStarts: shown.coldStarts.map(({ slot: lane, ...rest }) => ({ lane, ...rest })),
    costs,
    counts: { ...chunks, failedAttempts, workers, coldStarts },
    failures: [
      ...failedItems(job, summary),
      ...failures.map((failure) => failureOf(failure, ledger, job)),
    ].slice(0, MOST_FAILURES),
    ...(cost && {
      cost: {
        ...{ usd: cost.usd, basis: cost.basis },
        byStage: Object.entries(cost.byStage).map(([stage, { usd }]) => ({ stage, usd })),
      },
    }),
    ...(summary.plan && { plan: { seconds: summary.plan.seconds, usd: summary.plan.usd } }),
    memory: await memoryOf(ended, memoryMb),
    ...(cores !== undefined && { cores }),
    ...(unread > 0 && { unread }),
    more: {
      plot: commandLine("plot", job.jobId, ...started.axes.slice(2).flatMap(cutOf)),
      table: commandLine("table", job.jobId),
    },
    summary: figuresOf(summary),
  };
}

/** The option that cuts where the axis is cut. */
const cutOf = ({ name, coordinates }: PageData["axes"][number]) => ["--at", `${name}=${coordinates[0]}`];

function failureOf(
  { chunk, attempt, final, error, logStream, failedAtMs }: AttemptFailure,
  ledger: Ledger,
  { submittedAtMs }: StoredJob,
): PageFailure {
  const atMs = Math.max(0, ledger.withoutPauses(failedAtMs) - submittedAtMs);
  return { chunk, attempt, isFinal: final, error, log: logStream, atMs };
}

/** Items that gave no value, in a job that maps them: their shard is stored. */
function failedItems({ spec }: StoredJob, { items }: Summary): PageFailure[] {
  const [perShard = 1] = spec.chunkShape;
  return (items?.failures ?? []).map(({ index, error }) => ({
    ...{ chunk: Math.floor(index / perShard), attempt: 1, isFinal: true, log: "" },
    error: `item ${index}: ${error}`,
  }));
}

function cellsAt({ values, columns: width }: Overview, { rows, columns }: Picked): Float64Array {
  if (rows.length * columns.length === values.length) return values;
  const cells = new Float64Array(rows.length * columns.length);
  let at = 0;
  for (const row of rows) for (const column of columns) cells[at++] = values[row * width + column]!;
  return cells;
}

/** The timeline's bars, which are in the order of their chunks, with these; and how many chunks cost how much. */
function barsOf(
  shown: ReturnType<typeof timeline>["bars"],
  { layout, slot, cpuMs }: Ledger,
): { bars: PageBar[]; costs: PageData["costs"] } {
  const measured = Array.from({ length: layout.total }, (_, chunk) => chunk).filter(
    (chunk) => slot[chunk]! >= 0,
  );
  const costs: Record<number, number> = {};
  const bars = shown.map(({ slot: lane, startMs, durationMs }, k) => {
    const chunk = measured[k]!;
    const bin = costBin(cpuMs[chunk]!);
    costs[bin] = (costs[bin] ?? 0) + 1;
    return { lane, chunk, chunks: 1, startMs, durationMs, cpuMs: cpuMs[chunk]! };
  });
  return { bars, costs };
}

/** As `manyhands memory` tells it, without the platform's log. */
async function memoryOf({ job, here }: Ended, memoryMb: number | undefined): Promise<PageData["memory"]> {
  const predicted = peakMemoryOfJob(job, memoryMb);
  const { client, ...peaks } = (await readPeaks(here, job.jobId)) ?? {};
  const stages = (["splitter", "worker", "aggregator"] as const).map((stage) => {
    const measured = peaks[stage];
    return { stage, predictedMb: predicted[stage], ...(measured && { measuredMb: measured.mb }) };
  });
  return client ? [...stages, { stage: "the command", measuredMb: client.mb }] : stages;
}

function figuresOf(summary: Summary): NonNullable<PageData["summary"]> {
  const { elements, storedBytes, makespanMs, waitedMs, computeMs, busyMs } = summary;
  const { speedUp, efficiency, unknownTimes, reissued, slowestChunk, values, sum, min, max, nonFinite } =
    summary;
  const isMap = summary.spec.values.length === 0;
  return {
    ...{ elements, storedBytes, makespanMs, computeMs, busyMs, speedUp, efficiency, unknownTimes },
    ...(waitedMs !== undefined && { waitedMs }),
    reissued: reissued.chunks,
    ...(summary.items && { failedItems: summary.items.failed }),
    ...(slowestChunk && { slowest: slowestChunk }),
    statistics: isMap ? [] : (values ?? [{ sum, min, max, nonFinite }]),
  };
}
