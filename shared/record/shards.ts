/**
 * The shards of a job that maps a task over items. Shard n is a chunk of the one axis: its items lie at `items/<n>.jsonl`, a line of JSON
 * each, and their results at `results/<n>.jsonl`, `{"index", "value"}` or `{"index", "error"}` each. A last line tells whether the
 * object is whole.
 */
import * as v from "valibot";
import { crc32c } from "../array/crc32c.ts";
import { layoutOf } from "../array/layout.ts";
import { jobKeys } from "../ports/keys.ts";
import { parsedOrNothing, type Store, type StoreReader } from "../ports/store.ts";
import { CorruptChunkError, checksumText, TooLargeError } from "../validation/errors.ts";
import { count } from "../validation/numbers.ts";
import { type ChunkOf, chunkKeys } from "./array-keys.ts";

/** The most bytes of a shard's lines: what a worker holds in memory. */
export const MOST_SHARD_BYTES = 64 * 2 ** 20;
/** The last line, with room. */
const MOST_TAIL_BYTES = 1000;

const TailSchema = v.object({
  crc32c: v.string(),
  given: count,
  failed: count,
  unfinished: v.optional(count, 0),
  round: count,
});

/** What became of a shard's items, and in which round of the job: a resumption tries failed ones again. */
export interface Tally {
  /** With a value. Of items before they are mapped: all. */
  readonly given: number;
  readonly failed: number;
  /** Not begun: the worker's time was over, or the job was cancelled. A shard with such items is not done. */
  readonly unfinished: number;
  readonly round: number;
}

export interface Shard extends Tally {
  /** Without their ends, in the order of the items. */
  readonly lines: readonly string[];
}

/** The key of a shard's items. */
export const itemsKey = (jobId: string, shard: number): string => `${jobKeys(jobId).items}${shard}.jsonl`;

export function encodeShard({ lines, ...tally }: Shard): Uint8Array {
  const body = Buffer.from(lines.map((line) => `${line}\n`).join(""));
  const tail = JSON.stringify({ crc32c: checksumText(crc32c(body)), ...tally });
  return Buffer.concat([body, Buffer.from(`${tail}\n`)]);
}

/** Throws CorruptChunkError where it is not `length` whole lines and their last one. */
export function decodeShard(bytes: Uint8Array, length: number): Shard {
  const { body, tally } = parted(bytes);
  const lines = body.toString("utf8").split("\n");
  lines.pop();
  if (lines.length !== length || tally.given + tally.failed + tally.unfinished !== length)
    throw new CorruptChunkError(`${lines.length} lines for ${length} items`);
  return { lines, ...tally };
}

/** A shard's lines as they are stored. Throws CorruptChunkError. */
export function parted(bytes: Uint8Array): { readonly body: Buffer; readonly tally: Tally } {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const at = all.lastIndexOf("\n", -2) + 1;
  const body = all.subarray(0, at);
  const tail = parsedOrNothing(TailSchema, all.subarray(at), "a shard");
  if (!tail) throw new CorruptChunkError("a shard without its last line");
  const { crc32c: expected, ...tally } = tail;
  if (checksumText(crc32c(body)) !== expected) throw new CorruptChunkError("a shard with another checksum");
  return { body, tally };
}

/** The bytes of a shard, of items or of results. None, which count as a corrupt shard, if there are more than any has. */
export async function readShard(
  store: Pick<StoreReader, "get">,
  key: string,
): Promise<Uint8Array | undefined> {
  try {
    return await store.get(key, MOST_SHARD_BYTES + MOST_TAIL_BYTES);
  } catch (error) {
    if (error instanceof TooLargeError) return new Uint8Array();
    throw error;
  }
}

export interface StoredShard {
  readonly shard: Shard;
  readonly storedBytes: number;
}

/** The stored results of a shard, done or not; undefined if they are absent or corrupt. Throws the store's errors. */
export async function findShard(
  store: Pick<StoreReader, "get">,
  job: ChunkOf,
  shard: number,
): Promise<StoredShard | undefined> {
  const bytes = await readShard(store, chunkKeys(job, shard)[0]!);
  try {
    return bytes && { shard: decodeShard(bytes, lengthOf(job, shard)), storedBytes: bytes.length };
  } catch (error) {
    if (error instanceof CorruptChunkError) return undefined;
    throw error;
  }
}

/** The number of items in a shard. */
export const lengthOf = ({ spec }: ChunkOf, shard: number): number => layoutOf(spec).chunk(shard).elements;

/**
 * Stores a shard's results and returns what is stored afterwards. Tasks need not give the same twice: results of the same round, or a
 * later one, stay, so that of several workers the first one counts. Those of an earlier round, corrupt, or not done, are replaced.
 */
export async function putShard(
  store: Store,
  job: ChunkOf,
  shard: number,
  results: Shard,
): Promise<StoredShard> {
  const [key] = chunkKeys(job, shard);
  const encoded = encodeShard(results);
  const ours = { shard: results, storedBytes: encoded.length };
  if ((await store.putIfAbsent(key!, encoded)) === "stored") return ours;
  const found = await findShard(store, job, shard);
  if (found && found.shard.unfinished === 0 && found.shard.round >= results.round) return found;
  await store.put(key!, encoded);
  return ours;
}
