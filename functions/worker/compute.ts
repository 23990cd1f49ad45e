import type { ChunkReport } from "../../shared/chunk-report.ts";
import type { Clock } from "../../shared/clock.ts";
import { coordinates } from "../../shared/grid.ts";
import { checkSpec, type JobSpec } from "../../shared/job.ts";
import { fastCompute } from "../../shared/kernels/fast.ts";
import type { ChunkArray, Kernel, Registry, Window } from "../../shared/kernels/kernel.ts";
import { reportChunk } from "../../shared/stored-chunk.ts";
import { encodeChunk, makeArray, windowOf } from "../../shared/stores/zarr-array.ts";

/** A chunk and its report, ready to be stored; its values are not needed any more. */
export interface ComputedChunk {
  readonly encoded: Uint8Array;
  readonly report: ChunkReport;
  /** `elapsedMs` is all that was done so far; a clock's origin is its thread's own, so no point in time is kept. */
  readonly times: Omit<NonNullable<ChunkReport["times"]>, "durationMs"> & { readonly elapsedMs: number };
}

/** Computes, encodes and sums up a chunk. Throws InvalidInputError and ChunkOutOfRangeError, and what the kernel throws. */
export function computeChunk(spec: JobSpec, chunk: number, kernels: Registry, clock: Clock): ComputedChunk {
  const startedAtMs = clock.epochMs();
  const startedMs = clock.monotonicMs();
  const cpuBefore = clock.cpuMs();
  const values = computeValues(spec, chunk, checkSpec(spec, kernels));
  const computeMs = clock.monotonicMs() - startedMs;
  const encoded = encodeChunk(spec, chunk, values);
  const cpuMs = clock.cpuMs() - cpuBefore;
  const report = reportChunk(spec, chunk, { values, storedBytes: encoded.length }, null);
  const elapsedMs = clock.monotonicMs() - startedMs;
  return { encoded, report, times: { startedAtMs, computeMs, cpuMs, elapsedMs } };
}

/** A chunk's values, as the kernel gives them. */
function computeValues(spec: JobSpec, chunk: number, kernel: Kernel): ChunkArray {
  const window = kernelWindow(spec, chunk, kernel);
  const out = makeArray(spec.dtype, window.y.length * window.x.length);
  fastCompute(kernel)(spec.parameters, window, out);
  return out;
}

/** The coordinates of a chunk. A job with one axis lies at the kernel's fixed value of the other. */
function kernelWindow(spec: JobSpec, chunk: number, kernel: Kernel): Window {
  const window = windowOf(spec, chunk);
  const [x, y] = spec.axes.toReversed();
  return {
    y: y ? coordinates(y, window.rowStart, window.rowEnd) : Float64Array.of(kernel.axes[0].at),
    x: x ? coordinates(x, window.columnStart, window.columnEnd) : new Float64Array(),
  };
}
