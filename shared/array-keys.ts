/** Where a job's chunks lie. Nothing else makes a chunk's key. */

import { jobKeys } from "./keys.ts";
import type { JobSpec } from "./spec.ts";
import { windowOf } from "./stores/zarr-array.ts";

/** Which job's chunk: all that its key and its layout depend on. */
export interface ChunkOf {
  readonly jobId: string;
  readonly spec: JobSpec;
}

/**
 * `array/<value>/c/` below the job's prefix; `array/c/` of a job that was begun when `array/` was an array and no group. All
 * keys of the job's chunks begin with it, and no others that manyhands makes.
 */
export function chunksPrefix({ jobId, spec }: ChunkOf): string {
  const { array } = jobKeys(jobId);
  return spec.value === undefined ? `${array}c/` : `${array}${spec.value}/c/`;
}

/** The chunk's key: the prefix and `<i>/<j>`, or `<j>` for one axis. Throws ChunkOutOfRangeError. */
export function chunkKey(job: ChunkOf, chunk: number): string {
  const { i, j } = windowOf(job.spec, chunk);
  return chunksPrefix(job) + (job.spec.axes.length === 1 ? `${j}` : `${i}/${j}`);
}
