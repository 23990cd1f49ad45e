import { differingCells } from "../array/cells.ts";
import { crc32c } from "../array/crc32c.ts";
import { layoutOf } from "../array/layout.ts";
import { sampleTile } from "../array/overview.ts";
import type { JobSpec } from "../array/spec.ts";
import { bytesOf, decodeChunk, mostEncodedBytes } from "../array/zarr-array.ts";
import type { ChunkArray } from "../kernels/kernel.ts";
import { type ChunkReport, statisticsOf } from "../messages/chunk-report.ts";
import { isRefusedRead } from "../ports/aws/refused-read.ts";
import { atMost } from "../ports/bounded.ts";
import type { Store, StoreReader } from "../ports/store.ts";
import { CorruptChunkError, IntegrityError, TooLargeError } from "../validation/errors.ts";
import { type ChunkOf, chunkKey, chunkKeys, chunksPrefix } from "./array-keys.ts";

/** A larger tile is left out of its report; the aggregator reads the chunk instead when it draws. */
export const TILE_MAX_BYTES = 150_000;
/** Objects of others beside the chunks that a listing puts up with. */
const SPARE_KEYS = 10_000;

/**
 * Stores an encoded chunk whole under its final key, and returns the number of encoded bytes that are stored
 * afterwards. A chunk that is there already, by another worker or by a PUT whose answer was lost, stays if its values
 * are the same: the encoding may differ between versions of a compressor. A corrupt chunk is replaced. Throws
 * IntegrityError if the values differ.
 */
export async function putChunk(
  store: Store,
  job: ChunkOf,
  chunk: number,
  encoded: Uint8Array,
): Promise<number> {
  const { spec } = job;
  const key = chunkKey(job, chunk);
  if ((await store.putIfAbsent(key, encoded)) === "stored") return encoded.length;
  const stored = await readEncoded(store, job, chunk);
  if (stored && Buffer.compare(stored, encoded) === 0) return encoded.length;
  const found = stored && decodedOrCorrupt(spec, chunk, stored);
  if (!found) {
    await store.put(key, encoded); // the stored chunk is corrupt, or was deleted meanwhile
    return encoded.length;
  }
  const computed = decodeChunk(spec, chunk, encoded);
  if (differingCells(found, computed).next().done) return stored.length;
  throw new IntegrityError(key, crc32c(bytesOf(found)), crc32c(bytesOf(computed)));
}

/** A stored chunk's values and its encoded size in bytes. */
export interface StoredChunk {
  readonly values: ChunkArray;
  readonly storedBytes: number;
}

/** A stored chunk, verified; undefined if it is absent or corrupt. Throws the store's errors. */
export async function findChunk(
  store: StoreReader,
  job: ChunkOf,
  chunk: number,
): Promise<StoredChunk | undefined> {
  const stored = await readEncoded(store, job, chunk);
  const values = stored && decodedOrCorrupt(job.spec, chunk, stored);
  return values && { values, storedBytes: stored.length };
}

/** A stored chunk as `findChunk` returns it, or the reason why the store refuses it. */
export type ChunkLook = { readonly found: StoredChunk | undefined } | { readonly refused: unknown };

/** Like `findChunk`, but returns a refusal of the store too. Throws if asking again may help. */
export async function lookAtChunk(store: StoreReader, job: ChunkOf, chunk: number): Promise<ChunkLook> {
  try {
    return { found: await findChunk(store, job, chunk) };
  } catch (error) {
    if (!isRefusedRead(error)) throw error;
    return { refused: error };
  }
}

/**
 * The bytes under the chunk's key. Returns no bytes, which count as a corrupt chunk, if there are more than any
 * encoding has.
 */
export async function readEncoded(
  store: Pick<StoreReader, "get">,
  job: ChunkOf,
  chunk: number,
): Promise<Uint8Array | undefined> {
  try {
    return await store.get(chunkKey(job, chunk), mostEncodedBytes(job.spec));
  } catch (error) {
    if (error instanceof TooLargeError) return new Uint8Array();
    throw error;
  }
}

/** Undefined for a corrupt chunk. */
function decodedOrCorrupt(spec: JobSpec, chunk: number, stored: Uint8Array): ChunkArray | undefined {
  try {
    return decodeChunk(spec, chunk, stored);
  } catch (error) {
    if (error instanceof CorruptChunkError) return undefined;
    throw error;
  }
}

/** The report of a stored chunk. `times` is null if its computation was not measured. */
export function reportChunk(
  spec: JobSpec,
  chunk: number,
  { values, storedBytes }: { readonly values: ChunkArray; readonly storedBytes: number },
  times: ChunkReport["times"],
): ChunkReport {
  const layout = layoutOf(spec);
  const tile = bytesOf(sampleTile(layout, layout.chunk(chunk), values));
  return {
    chunk,
    ...statisticsOf(values),
    storedBytes,
    times,
    tile: tile.length > TILE_MAX_BYTES ? null : Buffer.from(tile).toString("base64"),
  };
}

/** For each of the job's chunks 1 if its key has an object, whole or not: from a listing alone. */
export async function listChunks(store: Pick<StoreReader, "list">, job: ChunkOf): Promise<Uint8Array> {
  const { total } = layoutOf(job.spec);
  const prefix = chunksPrefix(job);
  const keys = new Set<string>();
  for await (const key of atMost(2 * total + SPARE_KEYS, prefix, store.list(prefix))) keys.add(key);
  const isStored = new Uint8Array(total);
  let chunk = 0;
  for (const key of chunkKeys(job)) isStored[chunk++] = keys.has(key) ? 1 : 0;
  return isStored;
}
