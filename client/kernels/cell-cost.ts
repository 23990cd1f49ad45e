import type { Worker } from "node:worker_threads";
import { layoutOf } from "../../shared/array/layout.ts";
import type { KernelName } from "../../shared/kernels/loader.ts";
import type { Measured } from "../../shared/messages/job-request.ts";
import type { ChunksCost } from "../../shared/plan/predict-here.ts";
import { startThread } from "../threads/start-thread.ts";
import type { TimedArray } from "./chunk-pieces.ts";
import { newGate } from "./companions.ts";
import type { CostTask } from "./cost-thread.ts";
import { forThreads } from "./loader.ts";
import { pythonOf } from "./pythons.ts";
import { SampledTotal } from "./sampled-total.ts";
import type { TimedGrid } from "./time-cells.ts";

/** For all the cells that are timed. */
const BUDGET_MS = 250;
/** For pieces of all chunks: dear cells are few in that time. */
const CHUNKS_BUDGET_MS = 750;
/** Cells that are not through by then are waited for no longer. */
const MOST_MS = 500;
const CHUNKS_MOST_MS = 1750;
/** More tell nothing else, and each takes memory and a start. */
const MOST_COMPANIONS = 7;
/** Taken where not one cell is through by then: each then becomes a chunk of its own. */
const DEAR_SECONDS = 10;

/** What is known of the cost of a kernel's cells; `dear` where the first takes longer than is waited for. */
export type CellCost = Measured | "unknown" | "dear";

/**
 * Times a few cells of the grid, at most half a second. What the kernel throws is its job's to tell. Throws InvalidInputError for a file of
 * Python that cannot be computed here.
 */
export async function cellCost(kernel: KernelName, grid: TimedGrid): Promise<CellCost> {
  const samples = await inPython(kernel, grid, BUDGET_MS);
  if (typeof samples === "string") return samples;
  if (samples) {
    const costs = samples.map(({ seconds, cells }) => seconds / cells);
    return {
      meanSeconds: costs.reduce((sum, each) => sum + each, 0) / costs.length,
      mostSeconds: Math.max(...costs),
    };
  }
  const { parameters, axes, seed } = grid;
  const of = { grid: { parameters, axes, seed }, budgetMs: BUDGET_MS };
  return timedInThread<Measured>({ ...named(kernel), kernels: forThreads({ isPlain: true }), of }, MOST_MS);
}

/** What all chunks of the array, or the missing ones, take on this machine, with as many threads at work as there are `workers`; measured in at most a second of CPU time. Throws as `cellCost` does. */
export async function chunksCost(
  kernel: KernelName,
  { parameters, axes, seed, values, chunkShape, codec, measured }: TimedArray,
  workers: number,
  missing?: readonly number[],
): Promise<ChunksCost | "unknown" | "dear"> {
  const samples = await inPython(kernel, { parameters, axes, seed }, CHUNKS_BUDGET_MS);
  if (typeof samples === "string") return samples;
  if (samples) {
    const layout = layoutOf({ axes, chunkShape });
    const cells = missing?.reduce((sum, chunk) => sum + layout.chunk(chunk).elements, 0) ?? layout.elements;
    const whole = new SampledTotal({ cells, work: cells });
    for (const { seconds, cells: some } of samples)
      whole.add({ ms: 1000 * seconds, cells: some, work: some });
    return { seconds: whole.seconds, warmUp: 0, together: 1, share: { alone: 1, together: 1 } };
  }
  const companions = Math.min(workers - 1, MOST_COMPANIONS);
  const of = {
    array: { parameters, axes, seed, values, chunkShape, codec, measured },
    ...{ missing, budgetMs: CHUNKS_BUDGET_MS, companions, gate: newGate() },
  };
  const task = { ...named(kernel), kernels: forThreads(), of };
  const called: Worker[] = [];
  const call = () => {
    const accompanying = { ...task, of: { ...of, isCompanion: true } };
    for (let k = 0; k < companions; k++) called.push(startThread("cost", accompanying).on("error", () => {})); // then the gate stays closed
  };
  try {
    return await timedInThread<ChunksCost>(task, CHUNKS_MOST_MS, call);
  } finally {
    await Promise.all(called.map((thread) => thread.terminate()));
  }
}

/** Undefined for a kernel that is not Python's. */
async function inPython({ hash = "" }: KernelName, grid: TimedGrid, budgetMs: number) {
  const python = pythonOf(hash);
  if (!python) return undefined;
  const { timePython } = await import("./time-python.ts");
  return timePython(hash, python, grid, budgetMs);
}

const named = ({ name, hash }: KernelName) => ({ kernel: { name, hash } });

async function timedInThread<Known>(
  workerData: CostTask,
  mostMs: number,
  call = () => {},
): Promise<Known | "unknown" | "dear"> {
  const worker = startThread("cost", workerData);
  let patience: NodeJS.Timeout | undefined;
  let known: Known | undefined;
  try {
    return await new Promise<Known | "unknown" | "dear">((resolve) => {
      worker.on("message", (told: Known | "begun" | "call") => {
        if (told === "begun") patience = setTimeout(() => resolve(known ?? "dear"), mostMs);
        else if (told === "call") call();
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
