/** What each stage holds at the most. Pure. */

import { elementsIn, layoutOf } from "../array/layout.ts";
import { cellBytes } from "../array/spec.ts";
import type { Stage } from "../build/bundling.ts";
import type { Job } from "../record/job.ts";
import { DEFAULT_WORKERS, MB_PER_VCPU, threadsFor } from "./workers.ts";

/** A stage that has next to nothing, and with pictures drawn, see docs/experiments/memory.md. */
const BASE_MB: Readonly<Record<Stage, number>> = { splitter: 57, worker: 76, aggregator: 85 };
const PICTURES_MB = 95;
/** A chunk's place in the packing and its estimate; its report, and its tile as the aggregator holds it. */
const SPLITTER_BYTES_A_CHUNK = 40;
const AGGREGATOR_BYTES_A_CHUNK = 1500;
/** A chunk, its encoding and its compression, in each thread; each thread's own heap. */
const COPIES = 3;
const THREAD_MB = 50;
/** The most of an export's band of rows. */
const MOST_BAND_BYTES = 2 ** 28;
const MB = 1e6;

/** Peak resident memory of a stage's process (MB), by the runs of docs/experiments/memory.md. */
export function peakMemoryMb(
  { spec, output }: Pick<Job, "spec" | "output">,
  memoryMb: number,
): Readonly<Record<Stage, number>> {
  const { total, shape } = layoutOf(spec);
  const chunkBytes = elementsIn(spec.chunkShape) * cellBytes(spec);
  const bandBytes = elementsIn(shape.slice(1)) * (spec.chunkShape[0] ?? 1) * cellBytes(spec);
  const threads = threadsFor(memoryMb);
  return {
    splitter: Math.round(BASE_MB.splitter + (SPLITTER_BYTES_A_CHUNK * total) / MB),
    worker: Math.round(
      BASE_MB.worker + (threads > 1 ? threads * THREAD_MB : 0) + (threads * COPIES * chunkBytes) / MB,
    ),
    aggregator: Math.round(
      BASE_MB.aggregator +
        (output.plots ? PICTURES_MB : 0) +
        (AGGREGATOR_BYTES_A_CHUNK * total + (output.npy ? Math.min(bandBytes, MOST_BAND_BYTES) : 0)) / MB,
    ),
  };
}

/** The same of a job that ran, on workers of that memory. As plans have it, see fleetFor: a worker of Python has one thread. */
export function peakMemoryOfJob(
  job: Pick<Job, "spec" | "output" | "declaration">,
  memoryMb: number = DEFAULT_WORKERS.memoryMb,
): Readonly<Record<Stage, number>> {
  const isPython = job.declaration?.language === "python";
  return peakMemoryMb(job, isPython ? Math.min(memoryMb, MB_PER_VCPU) : memoryMb);
}
