/** A thread that times a kernel's cells: its parent can end it, whatever the kernel does. */
import { parentPort, workerData } from "node:worker_threads";
import { kernelsInThread } from "../../shared/kernels/in-thread.ts";
import type { KernelName, ThreadKernels } from "../../shared/kernels/loader.ts";
import { loadKernel } from "../../shared/plan/check-spec.ts";
import { type TimedGrid, timeCells } from "./time-cells.ts";
import { type TimedArray, timeChunks } from "./time-chunks.ts";

export interface CostTask {
  readonly kernels: ThreadKernels;
  readonly kernel: KernelName;
  readonly budgetMs: number;
  /** One cell's cost is wanted, or all chunks'. */
  readonly of: { readonly grid: TimedGrid } | { readonly array: TimedArray };
}

const { kernels, kernel, of, budgetMs } = workerData as CostTask;

// Not awaited at the top: a thread that is ended while its modules load would abort V8.
void loadKernel(kernel, kernelsInThread(kernels)).then((loaded) => {
  parentPort?.postMessage("begun");
  const told = (soFar: unknown) => parentPort?.postMessage(soFar);
  const known =
    "grid" in of
      ? timeCells(loaded, of.grid, budgetMs, { told })
      : timeChunks(loaded, of.array, budgetMs, { told });
  if (known) parentPort?.postMessage(known);
});
