import type { JobSpec } from "../../shared/array/spec.ts";
import { encodeChunk } from "../../shared/array/zarr-array.ts";
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import type { ChunkReport } from "../../shared/messages/chunk-report.ts";
import { checkSpec } from "../../shared/plan/check-spec.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import { reportChunk } from "../../shared/record/stored-chunk.ts";
import { chunkValues } from "./values.ts";

/** A chunk and its report, ready to be stored; its values are not needed any more. */
export interface ComputedChunk {
  readonly encoded: Uint8Array;
  readonly report: ChunkReport;
  /** `elapsedMs` is all that was done so far; a clock's origin is its thread's own, so no point in time is kept. */
  readonly times: Omit<NonNullable<ChunkReport["times"]>, "durationMs"> & { readonly elapsedMs: number };
}

/** Computes, encodes and sums up a chunk of a job of that kernel. Throws InvalidInputError, ChunkOutOfRangeError and KernelError. */
export function computeChunk(
  spec: JobSpec,
  chunk: number,
  kernel: LoadedKernel,
  clock: Clock,
): ComputedChunk {
  const startedAtMs = clock.epochMs();
  const startedMs = clock.monotonicMs();
  const cpuBefore = clock.cpuMs();
  checkSpec(spec, kernel);
  const values = chunkValues(spec, chunk, kernel, kernel.fast);
  const computeMs = clock.monotonicMs() - startedMs;
  const encoded = encodeChunk(spec, chunk, values);
  const cpuMs = clock.cpuMs() - cpuBefore;
  const report = reportChunk(spec, chunk, { values, storedBytes: encoded.length }, null);
  const elapsedMs = clock.monotonicMs() - startedMs;
  return { encoded, report, times: { startedAtMs, computeMs, cpuMs, elapsedMs } };
}
