import { arraysOf } from "../../shared/array/spec.ts";
import { encodeChunk } from "../../shared/array/zarr-array.ts";
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import type { ChunkReport } from "../../shared/messages/chunk-report.ts";
import { checkSpec } from "../../shared/plan/check-spec.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import { type ReportedJob, reportChunk } from "../../shared/record/stored-chunk.ts";
import { describeError, KernelError } from "../../shared/validation/errors.ts";
import { chunkValues } from "./values.ts";

/** A chunk and its report, ready to be stored; its values are not needed any more. */
export interface ComputedChunk {
  /** One a value. */
  readonly encoded: readonly Uint8Array[];
  readonly report: ChunkReport;
  /** `elapsedMs` is all that was done so far; a clock's origin is its thread's own, so no point in time is kept. */
  readonly times: Omit<NonNullable<ChunkReport["times"]>, "durationMs"> & { readonly elapsedMs: number };
}

/** Computes, encodes and sums up a chunk of a job of that kernel. Throws InvalidInputError, ChunkOutOfRangeError and KernelError. */
export function computeChunk(
  job: ReportedJob,
  chunk: number,
  kernel: LoadedKernel,
  clock: Clock,
): ComputedChunk {
  const { spec } = job;
  const startedAtMs = clock.epochMs();
  const startedMs = clock.monotonicMs();
  const cpuBefore = clock.cpuMs();
  checkSpec(spec, kernel);
  const values = chunkValues(spec, chunk, kernel, kernel.fast ?? kernel.compute);
  const computeMs = clock.monotonicMs() - startedMs;
  const arrays = arraysOf(spec);
  const encoded = values.map((cells, k) => encodeChunk(arrays[k]!, chunk, cells));
  const cpuMs = clock.cpuMs() - cpuBefore;
  const report = reportChunk(job, chunk, { values, storedBytes: bytesOf(encoded) }, null);
  const elapsedMs = clock.monotonicMs() - startedMs;
  return { encoded, report, times: { startedAtMs, computeMs, cpuMs, elapsedMs } };
}

/** After a chunk was computed: throws KernelError where its kernel left a rejected promise behind. */
export async function settle({ settled }: Pick<LoadedKernel, "settled">): Promise<void> {
  try {
    await settled?.();
  } catch (error) {
    throw new KernelError(describeError(error), { cause: error }); // its own bundle's class is another one
  }
}

/** Their bytes together. */
export const bytesOf = (encoded: readonly Uint8Array[]): number =>
  encoded.reduce((bytes, { length }) => bytes + length, 0);
