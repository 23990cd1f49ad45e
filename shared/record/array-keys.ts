/** Where a job's chunks lie. Nothing else makes a chunk's key. */

import { type Chunk, layoutOf } from "../array/layout.ts";
import type { JobSpec } from "../array/spec.ts";
import { jobKeys } from "../ports/keys.ts";

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

/** The chunk's key: the prefix, and its coordinates: `<i>/<j>`, `<j>` for one axis. Throws ChunkOutOfRangeError. */
export function chunkKey(job: ChunkOf, chunk: number): string {
  return keyBelow(chunksPrefix(job), layoutOf(job.spec).chunk(chunk));
}

/** The keys of all of the job's chunks, in the chunks' order. */
export function* chunkKeys(job: ChunkOf): Generator<string> {
  const prefix = chunksPrefix(job);
  for (const chunk of layoutOf(job.spec).chunks()) yield keyBelow(prefix, chunk);
}

function keyBelow(prefix: string, { coordinates }: Chunk): string {
  return prefix + coordinates.join("/");
}
