import { differingCells } from "../array/cells.ts";
import { crc32c } from "../array/crc32c.ts";
import { layoutOf } from "../array/layout.ts";
import { sampleTile } from "../array/overview.ts";
import { type ArraySpec, arraysOf, isMap } from "../array/spec.ts";
import { bytesOf, decodeChunk, fillValue, mostEncodedBytes } from "../array/zarr-array.ts";
import type { ChunkArray } from "../kernels/dtype.ts";
import { type ChunkReport, statisticsOf } from "../messages/chunk-report.ts";
import { isRefusedRead } from "../ports/aws/refused-read.ts";
import { atMost } from "../ports/bounded.ts";
import type { Store, StoreReader } from "../ports/store.ts";
import { CorruptChunkError, IntegrityError, InvalidInputError, TooLargeError } from "../validation/errors.ts";
import { type ChunkOf, chunkKeys, chunksPrefixes, keysBelow } from "./array-keys.ts";
import type { Job } from "./job.ts";
import { viewOfJob } from "./job-view.ts";
import { findShard, type Tally } from "./shards.ts";

/** A larger tile is left out of its report; the aggregator reads the chunk instead when it draws. */
export const TILE_MAX_BYTES = 150_000;
/** Objects of others beside the chunks that a listing puts up with. */
const SPARE_KEYS = 10_000;

/**
 * Stores an encoded chunk, each value whole under its final key, and returns the number of encoded bytes that are stored
 * afterwards. A value that is there already, by another worker or by a PUT whose answer was lost, stays if its cells
 * are the same: the encoding may differ between versions of a compressor. A corrupt one is replaced. Throws
 * IntegrityError if the cells differ. With `isForced`, when another version of the kernel began the job, a chunk that has some of its
 * values is replaced as a whole: all its values are then one version's.
 */
export async function putChunk(
  store: Store,
  job: ChunkOf,
  chunk: number,
  encoded: readonly Uint8Array[],
  isForced = false,
): Promise<number> {
  const arrays = arraysOf(job.spec);
  const keys = chunkKeys(job, chunk);
  if (isForced && keys.length > 1) await replaceParts(store, arrays, keys, chunk, encoded);
  const sizes = await Promise.all(keys.map((key, k) => putOne(store, key, arrays[k]!, chunk, encoded[k]!)));
  return sizes.reduce((bytes, size) => bytes + size, 0);
}

/** Puts the values that are there while others lack: a worker that dies meanwhile leaves no chunk that looks whole. */
async function replaceParts(
  store: Store,
  arrays: readonly ArraySpec[],
  keys: readonly string[],
  chunk: number,
  encoded: readonly Uint8Array[],
): Promise<void> {
  const areThere = await Promise.all(
    keys.map(async (key, k) => {
      const stored = await readEncoded(store, key, arrays[k]!);
      return stored !== undefined && decodedOrCorrupt(arrays[k]!, chunk, stored) !== undefined;
    }),
  );
  if (areThere.every(Boolean)) return;
  await Promise.all(keys.map((key, k) => areThere[k] && store.put(key, encoded[k]!)));
}

async function putOne(
  store: Store,
  key: string,
  array: ArraySpec,
  chunk: number,
  encoded: Uint8Array,
): Promise<number> {
  if ((await store.putIfAbsent(key, encoded)) === "stored") return encoded.length;
  const stored = await readEncoded(store, key, array);
  if (stored && Buffer.compare(stored, encoded) === 0) return encoded.length;
  const found = stored && decodedOrCorrupt(array, chunk, stored);
  if (!found) {
    await store.put(key, encoded); // the stored chunk is corrupt, or was deleted meanwhile
    return encoded.length;
  }
  const computed = decodeChunk(array, chunk, encoded);
  if (differingCells(found, computed).next().done) return stored.length;
  throw new IntegrityError(key, crc32c(bytesOf(found)), crc32c(bytesOf(computed)));
}

/** A stored chunk's cells, an array a value, and its encoded size in bytes. A shard of results has no cells, and is counted. */
export interface StoredChunk {
  readonly values: readonly ChunkArray[];
  readonly storedBytes: number;
  readonly tally?: Tally;
}

/** A stored chunk, verified; undefined if a value of it is absent or corrupt, or its shard is not done. Throws the store's errors. */
export async function findChunk(
  store: StoreReader,
  job: ChunkOf,
  chunk: number,
): Promise<StoredChunk | undefined> {
  if (isMap(job.spec)) {
    const found = await findShard(store, job, chunk);
    if (!found || found.shard.unfinished > 0) return undefined;
    return { values: [], storedBytes: found.storedBytes, tally: found.shard };
  }
  const arrays = arraysOf(job.spec);
  let storedBytes = 0;
  const values: ChunkArray[] = [];
  for (const [k, key] of chunkKeys(job, chunk).entries()) {
    const stored = await readEncoded(store, key, arrays[k]!);
    const cells = stored && decodedOrCorrupt(arrays[k]!, chunk, stored);
    if (!cells) return undefined;
    values.push(cells);
    storedBytes += stored.length;
  }
  return { values, storedBytes };
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
 * The bytes under a chunk's key of that array. Returns no bytes, which count as a corrupt chunk, if there are more than any
 * encoding has.
 */
export async function readEncoded(
  store: Pick<StoreReader, "get">,
  key: string,
  array: ArraySpec,
): Promise<Uint8Array | undefined> {
  try {
    return await store.get(key, mostEncodedBytes(array));
  } catch (error) {
    if (error instanceof TooLargeError) return new Uint8Array();
    throw error;
  }
}

/** Undefined for a corrupt chunk. */
function decodedOrCorrupt(array: ArraySpec, chunk: number, stored: Uint8Array): ChunkArray | undefined {
  try {
    return decodeChunk(array, chunk, stored);
  } catch (error) {
    if (error instanceof CorruptChunkError) return undefined;
    throw error;
  }
}

/** The parts of a job that its chunks' reports follow from. */
export type ReportedJob = Pick<Job, "spec" | "output"> & Partial<Pick<Job, "declaration">>;

/**
 * The report of a stored chunk; a shard's has in place of sum and nonFinite the items that gave a value, and those that failed. `times` is
 * null if its computation was not measured.
 */
export function reportChunk(
  job: ReportedJob,
  chunk: number,
  { values, storedBytes, tally }: StoredChunk,
  times: ChunkReport["times"],
): ChunkReport {
  if (tally) {
    const { given: sum, failed: nonFinite } = tally;
    return { chunk, sum, min: null, max: null, nonFinite, storedBytes, times, tile: null };
  }
  const view = viewOfJob(job);
  const place = view.layout.chunk(chunk);
  const [first, ...others] = values.map((cells, k) => {
    const tile = bytesOf(sampleTile(view, place, cells));
    const isTooLarge = tile.length * values.length > TILE_MAX_BYTES;
    const lost = job.declaration?.onError === "nan" ? fillValue(job.spec.values[k]!.dtype) : undefined;
    return { ...statisticsOf(cells, lost), tile: isTooLarge ? null : Buffer.from(tile).toString("base64") };
  });
  const { tile, ...statistics } = first!;
  return { chunk, ...statistics, storedBytes, times, tile, ...(others.length > 0 && { others }) };
}

/** For each of the job's chunks 1 if each of its keys has an object, whole or not: from listings alone. */
export async function listChunks(store: Pick<StoreReader, "list">, job: ChunkOf): Promise<Uint8Array> {
  const { total } = layoutOf(job.spec);
  const isStored = new Uint8Array(total).fill(1);
  for (const prefix of chunksPrefixes(job)) {
    const keys = new Set<string>();
    for await (const key of atMost(2 * total + SPARE_KEYS, prefix, store.list(prefix))) keys.add(key);
    let chunk = 0;
    for (const key of keysBelow(prefix, job)) isStored[chunk++]! &= keys.has(key) ? 1 : 0;
  }
  return isStored;
}

/** The error of a chunk that a command reads, with the chunk's name where it is corrupt. */
export function namingChunk({ jobId }: ChunkOf, index: number, error: unknown): unknown {
  if (!(error instanceof CorruptChunkError)) return error;
  return new InvalidInputError(
    `chunk ${index} of ${jobId}`,
    "one that can be read",
    error.got,
    "`manyhands verify` with --all names all that are not.",
  );
}
