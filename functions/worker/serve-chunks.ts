import type { Kernels } from "../../shared/kernels/loader.ts";
import { loadKernel } from "../../shared/plan/check-spec.ts";
import { systemClock } from "../../shared/ports/clock.ts";
import {
  describeError,
  InvalidInputError,
  isPermanent,
  KernelError,
} from "../../shared/validation/errors.ts";
import type { ChunkResult, ChunkTask, MapResult, MapTask } from "./chunk-threads.ts";
import { computeChunk, settle } from "./compute.ts";
import { serveTasks } from "./thread-pool.ts";

/** In a thread: computes the chunks that its worker asks for, and maps items. */
export function serveChunks(kernels: Kernels): void {
  serveTasks<ChunkTask | MapTask, ChunkResult | MapResult>(async (asked) => {
    try {
      if ("items" in asked) return { result: { mapped: await mapped(asked, kernels) } };
      const { job, chunk } = asked;
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

async function mapped({ kernel: named, items, run, over }: MapTask, kernels: Kernels) {
  const { map, name } = await loadKernel(named, kernels);
  if (!map) throw new InvalidInputError("kernel", "a task, for a job of items", name);
  const isOver = new Int32Array(over);
  return map(items, { ...run, mayBegin: async () => Atomics.load(isOver, 0) === 0 });
}
