/** The keys of a job's chunks. Only this file makes them. */

import { type Chunk, layoutOf } from "../array/layout.ts";
import type { JobSpec } from "../array/spec.ts";
import { jobKeys } from "../ports/keys.ts";

/** A job's id and spec, as far as chunk keys and layout depend on them. */
export interface ChunkOf {
  readonly jobId: string;
  readonly spec: JobSpec;
}

/**
 * `array/<value>/c/` below the job's prefix; `array/c/` for a job of a version whose `array/` was an array and no
 * group. The keys of the job's chunks begin with it, and no other keys of manyhands do.
 */
export function chunksPrefix({ jobId, spec }: ChunkOf): string {
  const { array } = jobKeys(jobId);
  return spec.value === undefined ? `${array}c/` : `${array}${spec.value}/c/`;
}

/** The chunk's key: the prefix, and its coordinates: `<i>/<j>`, or `<j>` for one axis. Throws ChunkOutOfRangeError. */
export function chunkKey(job: ChunkOf, chunk: number): string {
  return keyBelow(chunksPrefix(job), layoutOf(job.spec).chunk(chunk));
}

/** The keys of all chunks of the job, in the chunks' order. */
export function* chunkKeys(job: ChunkOf): Generator<string> {
  const prefix = chunksPrefix(job);
  for (const chunk of layoutOf(job.spec).chunks()) yield keyBelow(prefix, chunk);
}

function keyBelow(prefix: string, { coordinates }: Chunk): string {
  return prefix + coordinates.join("/");
}
