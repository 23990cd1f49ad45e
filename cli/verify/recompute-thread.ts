/** A thread of `verify`: computes chunks by the plain kernel and compares them with the stored ones. */
import { serveTasks } from "../../functions/worker/thread-pool.ts";
import type { JobSpec } from "../../shared/array/spec.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { loadKernel } from "../../shared/plan/check-spec.ts";
import { type Comparison, recompute } from "./recompute.ts";

export interface RecomputeTask {
  readonly spec: JobSpec;
  readonly chunk: number;
  /** The chunk's stored bytes. */
  readonly encoded: Uint8Array;
}

serveTasks<RecomputeTask, Comparison>(async ({ spec, chunk, encoded }) => ({
  result: recompute(spec, chunk, encoded, await loadKernel(spec.kernel, KERNELS)),
}));
