/** A thread that times a kernel's cells: its parent can end it, whatever the kernel does. */
import { parentPort, workerData } from "node:worker_threads";
import { kernelsInThread } from "../../shared/kernels/in-thread.ts";
import type { KernelName, LoadedKernel, ThreadKernels } from "../../shared/kernels/loader.ts";
import { loadKernel } from "../../shared/plan/check-spec.ts";
import { estimateWork } from "../../shared/plan/estimate.ts";
import type { TimedArray } from "./chunk-pieces.ts";
import { accompany, companionsBehind, type Gate } from "./companions.ts";
import { type TimedGrid, timeCells } from "./time-cells.ts";
import { timeChunks } from "./time-chunks.ts";

export interface CostTask {
  readonly kernels: ThreadKernels;
  readonly kernel: KernelName;
  readonly of: OfCells | OfChunks;
}

/** One cell's cost is wanted. */
interface OfCells {
  readonly grid: TimedGrid;
  readonly budgetMs: number;
}

/** All chunks' cost is wanted, measured with that number of companions; or this thread is a companion. */
interface OfChunks {
  readonly array: TimedArray;
  readonly missing: readonly number[] | undefined;
  readonly budgetMs: number;
  readonly companions: number;
  readonly gate: Gate;
  readonly isCompanion?: boolean;
}

const tell = (told: unknown) => parentPort?.postMessage(told);

export function timeCosts(): void {
  const { kernels, kernel, of } = workerData as CostTask;

  // Not awaited at the top: a thread that is ended while its modules load would abort V8.
  void loadKernel(kernel, kernelsInThread(kernels)).then((loaded) => {
    const known = "grid" in of ? ofCells(loaded, of) : ofChunks(loaded, of);
    if (known) tell(known);
  });
}

function ofCells(loaded: LoadedKernel, { grid, budgetMs }: OfCells) {
  tell("begun");
  return timeCells(loaded, grid, budgetMs, { told: tell });
}

function ofChunks(
  loaded: LoadedKernel,
  { array, missing, budgetMs, companions, gate, isCompanion }: OfChunks,
) {
  if (isCompanion) return accompany(loaded, array, gate);
  const work = estimateWork(array, loaded);
  tell("begun");
  const others = companions > 0 && companionsBehind(gate, companions, () => tell("call"));
  return timeChunks(loaded, array, work, budgetMs, {
    ...{ told: tell, missing },
    ...(others && { companions: others }),
  });
}
