/** The keys of a job's chunks. Only this file makes them. */

import { layoutOf } from "../array/layout.ts";
import { isMap, type JobSpec } from "../array/spec.ts";
import { jobKeys } from "../ports/keys.ts";

/** A job's id and spec, as far as chunk keys and layout depend on them. */
export interface ChunkOf {
  readonly jobId: string;
  readonly spec: JobSpec;
}

/**
 * For each value `array/<value>/c/` below the job's prefix; `array/c/` for a job of a version whose `array/` was an array and no
 * group; `results/` for one that maps items. The keys of the value's chunks begin with it, and no other keys of manyhands do.
 */
export function chunksPrefixes({ jobId, spec }: ChunkOf): string[] {
  const { array, results } = jobKeys(jobId);
  if (isMap(spec)) return [results];
  return spec.values.map(({ name }) => (name === undefined ? `${array}c/` : `${array}${name}/c/`));
}

/**
 * The chunk's key, a value: the prefix, and its coordinates: `<i>/<j>`, or `<j>` for one axis; a shard's is `<n>.jsonl`. Throws
 * ChunkOutOfRangeError.
 */
export function chunkKeys(job: ChunkOf, chunk: number): string[] {
  const place = layoutOf(job.spec).chunk(chunk).coordinates.join("/") + endingOf(job);
  return chunksPrefixes(job).map((prefix) => prefix + place);
}

/** The keys of all chunks of one value, in the chunks' order; `prefix` is the value's. */
export function* keysBelow(prefix: string, { spec }: ChunkOf): Generator<string> {
  const ending = endingOf({ spec });
  for (const { coordinates } of layoutOf(spec).chunks()) yield prefix + coordinates.join("/") + ending;
}

const endingOf = ({ spec }: Pick<ChunkOf, "spec">) => (isMap(spec) ? ".jsonl" : "");

/** The key of each value's export: `result.npy`, or `result-<value>.npy` where there are several. */
export function npyKeys({ jobId, spec }: ChunkOf): string[] {
  const { npy } = jobKeys(jobId);
  if (spec.values.length === 1) return [npy];
  return spec.values.map(({ name }) => npy.replace(/\.npy$/, `-${name}.npy`));
}
