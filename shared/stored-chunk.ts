import { type ChunkReport, summarize } from "./chunk-report.ts";
import { CorruptChunkError } from "./errors.ts";
import type { JobSpec } from "./job.ts";
import type { ChunkArray } from "./kernels/kernel.ts";
import { jobKeys } from "./keys.ts";
import { sampleTile } from "./overview.ts";
import type { Store, StoreReader } from "./stores/store.ts";
import { bytesOf, chunkKey, decodeChunk, gridOf, windowOf } from "./stores/zarr-array.ts";

/** A tile beyond this is left out of its report; whoever draws reads the chunk instead. */
const TILE_MAX_BYTES = 150_000;

/** Which job's chunk: all that its key and its layout depend on. */
export interface ChunkOf {
  readonly jobId: string;
  readonly spec: JobSpec;
}

/** Stores an encoded chunk whole under its final key. */
export async function putChunk(store: Store, { jobId, spec }: ChunkOf, chunk: number, encoded: Uint8Array) {
  await store.put(jobKeys(jobId).array + chunkKey(spec, chunk), encoded);
}

/** A stored chunk's values and its number of bytes, verified; undefined where it is absent or corrupt. */
export async function findChunk(store: StoreReader, { jobId, spec }: ChunkOf, chunk: number) {
  const stored = await store.get(jobKeys(jobId).array + chunkKey(spec, chunk));
  if (!stored) return undefined;
  try {
    return { values: decodeChunk(spec, chunk, stored), storedBytes: stored.length };
  } catch (error) {
    if (error instanceof CorruptChunkError) return undefined;
    throw error;
  }
}

/** The report of a chunk that is stored. `times` is null where nobody saw it being computed. */
export function reportChunk(
  spec: JobSpec,
  chunk: number,
  { values, storedBytes }: { readonly values: ChunkArray; readonly storedBytes: number },
  times: ChunkReport["times"],
): ChunkReport {
  const tile = bytesOf(sampleTile(gridOf(spec), windowOf(spec, chunk), values));
  return {
    chunk,
    ...summarize(values),
    storedBytes,
    times,
    tile: tile.length > TILE_MAX_BYTES ? null : Buffer.from(tile).toString("base64"),
  };
}
