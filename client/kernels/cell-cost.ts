import { extname, join } from "node:path";
import { Worker } from "node:worker_threads";
import type { KernelName } from "../../shared/kernels/loader.ts";
import type { Measured } from "../../shared/messages/job-request.ts";
import type { Range } from "../../shared/plan/ranges.ts";
import type { CostTask } from "./cost-thread.ts";
import { forThreads } from "./loader.ts";
import type { TimedGrid } from "./time-cells.ts";
import type { TimedArray } from "./time-chunks.ts";

/** Beside this file, in the sources and in the built program alike. */
const THREAD = join(import.meta.dirname, `cost-thread${extname(import.meta.filename)}`);

/** For all the cells that are timed. */
const BUDGET_MS = 250;
/** For pieces of all chunks: dear cells are few in that time. */
const CHUNKS_BUDGET_MS = 750;
/** Cells that are not through by then are waited for no longer. */
const MOST_MS = 500;
const CHUNKS_MOST_MS = 1000;
/** Taken where not one cell is through by then: each then becomes a chunk of its own. */
const DEAR_SECONDS = 10;

/** What is known of the cost of a kernel's cells; `dear` where the first takes longer than is waited for. */
export type CellCost = Measured | "unknown" | "dear";

/** Times a few cells of the grid, at most half a second. Never throws: what the kernel throws is its job's to tell. */
export function cellCost(kernel: KernelName, grid: TimedGrid): Promise<CellCost> {
  const { parameters, axes, seed } = grid;
  const kernels = forThreads({ isPlain: true });
  return timedInThread<Measured>(
    { ...named(kernel), kernels, of: { grid: { parameters, axes, seed } }, budgetMs: BUDGET_MS },
    MOST_MS,
  );
}

/** What all chunks of the array take on a core of this machine (CPU s), in at most a second. Never throws. */
export function chunksCost(
  kernel: KernelName,
  { parameters, axes, seed, values, chunkShape, measured }: TimedArray,
): Promise<Range | "unknown" | "dear"> {
  const array = { parameters, axes, seed, values, chunkShape, measured };
  return timedInThread<Range>(
    { ...named(kernel), kernels: forThreads(), of: { array }, budgetMs: CHUNKS_BUDGET_MS },
    CHUNKS_MOST_MS,
  );
}

const named = ({ name, hash }: KernelName) => ({ kernel: { name, hash } });

async function timedInThread<Known>(
  workerData: CostTask,
  mostMs: number,
): Promise<Known | "unknown" | "dear"> {
  const worker = new Worker(THREAD, { workerData });
  let patience: NodeJS.Timeout | undefined;
  let known: Known | undefined;
  try {
    return await new Promise<Known | "unknown" | "dear">((resolve) => {
      worker.on("message", (told: Known | "begun") => {
        if (told === "begun") patience = setTimeout(() => resolve(known ?? "dear"), mostMs);
        else known = told;
      });
      worker.once("error", () => resolve(known ?? "unknown"));
      worker.once("exit", () => resolve(known ?? "unknown"));
    });
  } finally {
    clearTimeout(patience);
    await worker.terminate();
  }
}

/** As a request carries it. */
export function measuredOf(cost: CellCost): Measured | undefined {
  if (cost === "dear") return { meanSeconds: DEAR_SECONDS, mostSeconds: DEAR_SECONDS };
  return cost === "unknown" ? undefined : cost;
}
