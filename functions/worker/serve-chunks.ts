import type { Kernels } from "../../shared/kernels/loader.ts";
import { loadKernel } from "../../shared/plan/check-spec.ts";
import { systemClock } from "../../shared/ports/clock.ts";
import { describeError, isPermanent, KernelError } from "../../shared/validation/errors.ts";
import type { ChunkResult, ChunkTask, FailureInThread } from "./chunk-threads.ts";
import { type ComputedChunk, computeChunk, settle } from "./compute.ts";
import { type Answer, serveTasks } from "./thread-pool.ts";

/** In a thread: computes the chunks that its worker asks for. */
export function serveChunks(kernels: Kernels): void {
  serveTasks<ChunkTask, ChunkResult>((task) => orFailed(() => answerOf(task, kernels)));
}

/** A chunk, ready to be handed over. */
export async function answerOf(
  { job, chunk }: ChunkTask,
  kernels: Kernels,
): Promise<Answer<{ readonly computed: ComputedChunk }>> {
  const kernel = await loadKernel({ name: job.spec.kernel, hash: job.spec.hash }, kernels);
  const computed = computeChunk(job, chunk, kernel, systemClock);
  await settle(kernel);
  return { result: { computed }, transfer: computed.encoded.map(({ buffer }) => buffer as ArrayBuffer) };
}

/** The answer, or what it failed with. */
export async function orFailed<Result>(
  answer: () => Promise<Answer<Result>>,
): Promise<Answer<Result | { readonly failed: FailureInThread }>> {
  try {
    return await answer();
  } catch (error) {
    const isKernels = error instanceof KernelError;
    return { result: { failed: { error: describeError(error), permanent: isPermanent(error), isKernels } } };
  }
}
