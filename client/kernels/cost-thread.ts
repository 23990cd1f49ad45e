/** A thread that times a kernel's cells: its parent can end it, whatever the kernel does. */
import { parentPort, workerData } from "node:worker_threads";
import { kernelsInThread } from "../../shared/kernels/in-thread.ts";
import type { KernelName, ThreadKernels } from "../../shared/kernels/loader.ts";
import { loadKernel } from "../../shared/plan/check-spec.ts";
import { type TimedGrid, timeCells } from "./time-cells.ts";

export interface CostTask {
  readonly kernels: ThreadKernels;
  readonly kernel: KernelName;
  readonly grid: TimedGrid;
  readonly budgetMs: number;
}

const { kernels, kernel, grid, budgetMs } = workerData as CostTask;

// Not awaited at the top: a thread that is ended while its modules load would abort V8.
void loadKernel(kernel, kernelsInThread(kernels)).then((loaded) => {
  parentPort?.postMessage("begun");
  const known = timeCells(loaded, grid, budgetMs, { told: (soFar) => parentPort?.postMessage(soFar) });
  if (known) parentPort?.postMessage(known);
});
