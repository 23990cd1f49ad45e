/**
 * What a thread of a worker runs: it computes and encodes chunks, and hands the bytes over. The handler imports this
 * first, and a thread is started from the handler's bundle: here it goes no further, since what comes after speaks
 * to AWS and would take 30 ms. (Loading that on request instead makes esbuild wrap every module of the bundle in a
 * function: 6 ms of each cold start, threads or not.)
 */

import { KERNELS } from "../../shared/kernels/registry.ts";
import { systemClock } from "../../shared/ports/clock.ts";
import { describeError, isPermanent, KernelError } from "../../shared/validation/errors.ts";
import { type ChunkResult, type ChunkTask, THREAD_ARGUMENT, ThreadIsUpError } from "./chunk-threads.ts";
import { computeChunk } from "./compute.ts";
import { serveTasks } from "./thread-pool.ts";

if (process.argv.at(-1) === THREAD_ARGUMENT) {
  serveTasks<ChunkTask, ChunkResult>(({ spec, chunk }) => {
    try {
      const computed = computeChunk(spec, chunk, KERNELS, systemClock);
      return { result: { computed }, transfer: [computed.encoded.buffer as ArrayBuffer] };
    } catch (error) {
      const isKernels = error instanceof KernelError;
      return {
        result: { failed: { error: describeError(error), permanent: isPermanent(error), isKernels } },
      };
    }
  });
  throw new ThreadIsUpError();
}
