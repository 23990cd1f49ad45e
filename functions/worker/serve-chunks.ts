import type { Kernels } from "../../shared/kernels/loader.ts";
import { loadKernel } from "../../shared/plan/check-spec.ts";
import { systemClock } from "../../shared/ports/clock.ts";
import { describeError, isPermanent, KernelError } from "../../shared/validation/errors.ts";
import type { ChunkResult, ChunkTask } from "./chunk-threads.ts";
import { computeChunk, settle } from "./compute.ts";
import { serveTasks } from "./thread-pool.ts";

/** In a thread: computes the chunks that its worker asks for. */
export function serveChunks(kernels: Kernels): void {
  serveTasks<ChunkTask, ChunkResult>(async ({ job, chunk }) => {
    try {
      const kernel = await loadKernel({ name: job.spec.kernel, hash: job.spec.hash }, kernels);
      const computed = computeChunk(job, chunk, kernel, systemClock);
      await settle(kernel);
      return { result: { computed }, transfer: computed.encoded.map(({ buffer }) => buffer as ArrayBuffer) };
    } catch (error) {
      const isKernels = error instanceof KernelError;
      return {
        result: { failed: { error: describeError(error), permanent: isPermanent(error), isKernels } },
      };
    }
  });
}
