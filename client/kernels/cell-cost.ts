import { extname, join } from "node:path";
import { Worker } from "node:worker_threads";
import type { KernelName } from "../../shared/kernels/loader.ts";
import type { Measured } from "../../shared/messages/job-request.ts";
import type { CostTask } from "./cost-thread.ts";
import { forThreads } from "./loader.ts";
import type { TimedGrid } from "./time-cells.ts";

/** Beside this file, in the sources and in the built program alike. */
const THREAD = join(import.meta.dirname, `cost-thread${extname(import.meta.filename)}`);

/** For all the cells that are timed. */
const BUDGET_MS = 250;
/** Cells that are not through by then are waited for no longer. */
const MOST_MS = 500;
/** Taken where not one cell is through by then: each then becomes a chunk of its own. */
const DEAR_SECONDS = 10;

/** What is known of the cost of a kernel's cells; `dear` where the first takes longer than is waited for. */
export type CellCost = Measured | "unknown" | "dear";

/** Times a few cells of the grid, at most half a second. Never throws: what the kernel throws is its job's to tell. */
export async function cellCost(kernel: KernelName, grid: TimedGrid): Promise<CellCost> {
  const { parameters, axes, seed } = grid;
  const workerData: CostTask = {
    kernels: forThreads({ isPlain: true }),
    kernel: { name: kernel.name, hash: kernel.hash },
    grid: { parameters, axes, seed },
    budgetMs: BUDGET_MS,
  };
  const worker = new Worker(THREAD, { workerData });
  let patience: NodeJS.Timeout | undefined;
  let known: Measured | undefined;
  try {
    return await new Promise<CellCost>((resolve) => {
      worker.on("message", (told: Measured | "begun") => {
        if (told === "begun") patience = setTimeout(() => resolve(known ?? "dear"), MOST_MS);
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
