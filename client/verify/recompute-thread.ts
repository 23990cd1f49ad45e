/** A thread of `verify`: computes chunks by the plain kernel and compares them with the stored ones. */
import { workerData } from "node:worker_threads";
import { serveTasks } from "../../functions/worker/thread-pool.ts";
import type { JobSpec } from "../../shared/array/spec.ts";
import { kernelsInThread } from "../../shared/kernels/in-thread.ts";
import type { KernelName, ThreadKernels } from "../../shared/kernels/loader.ts";
import { loadKernel } from "../../shared/plan/check-spec.ts";
import { type Comparison, recompute } from "./recompute.ts";

export interface RecomputeTask {
  readonly spec: JobSpec;
  readonly kernel: KernelName;
  readonly chunk: number;
  /** The chunk's stored bytes, a value each. */
  readonly encoded: readonly Uint8Array[];
}

export function serveRecomputing(): void {
  const kernels = kernelsInThread(workerData as ThreadKernels);

  serveTasks<RecomputeTask, Comparison>(async ({ spec, kernel, chunk, encoded }) => ({
    result: recompute(spec, chunk, encoded, await loadKernel(kernel, kernels)),
  }));
}
