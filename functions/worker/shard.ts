/** Maps the items of a shard. */
import type { LoadedKernel, Task } from "../../shared/kernels/loaded.ts";
import type { ChunkReport } from "../../shared/messages/chunk-report.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import { inLanes } from "../../shared/ports/lanes.ts";
import type { Store } from "../../shared/ports/store.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import {
  decodeShard,
  findShard,
  itemsKey,
  lengthOf,
  MOST_SHARD_BYTES,
  putShard,
  readShard,
  type Shard,
} from "../../shared/record/shards.ts";
import { reportChunk } from "../../shared/record/stored-chunk.ts";
import { InvalidInputError, MissingObjectError } from "../../shared/validation/errors.ts";

export interface ShardPorts {
  readonly store: Store;
  readonly clock: Clock;
  /** Aborted where the run is interrupted. */
  readonly signal?: AbortSignal | undefined;
}

/** Which results of the shard there may be. */
export interface ShardRound {
  readonly round: number;
  readonly again: boolean;
}

/**
 * Maps the shard's items and stores their results. An item that throws is a result like others. In a later round, items that gave a
 * value in an earlier one keep it. Throws InvalidInputError, MissingObjectError, CorruptChunkError, and what the store throws.
 */
export async function mapShard(
  job: Pick<StoredJob, "jobId" | "spec" | "output" | "items">,
  shard: number,
  kernel: LoadedKernel,
  { round, again }: ShardRound,
  { store, clock, signal }: ShardPorts,
): Promise<ChunkReport> {
  const startedAtMs = clock.epochMs();
  const startedMs = clock.monotonicMs();
  const cpuBefore = clock.cpuMs();
  const { items: limits, spec } = job;
  const { task } = kernel;
  if (!task || !limits) throw new InvalidInputError("kernel", "a task, for a job of items", spec.kernel);
  const key = itemsKey(job.jobId, shard);
  const stored = await readShard(store, key);
  if (!stored) throw new MissingObjectError(key);
  const items = decodeShard(stored, lengthOf(job, shard)).lines;
  const former = again ? await findShard(store, job, shard) : undefined;
  const first = shard * (spec.chunkShape[0] ?? 1);
  const kept = former?.shard.lines.map((line, k) => (isError(line, first + k) ? undefined : line));
  const results = await mapItems(task, items, kept ?? [], { ...limits, seed: spec.seed, first, signal });
  signal?.throwIfAborted(); // these errors are not the items' own
  const computeMs = clock.monotonicMs() - startedMs;
  const cpuMs = clock.cpuMs() - cpuBefore;
  const { shard: tally, storedBytes } = await putShard(store, job, shard, { ...results, round });
  const durationMs = clock.monotonicMs() - startedMs;
  return reportChunk(
    job,
    shard,
    { values: [], storedBytes, tally },
    { startedAtMs, durationMs, computeMs, cpuMs },
  );
}

interface MapLimits {
  readonly seconds: number;
  readonly concurrency: number;
  readonly seed: number;
  /** The index of the shard's first item. */
  readonly first: number;
  readonly signal: AbortSignal | undefined;
}

async function mapItems(
  task: Task,
  items: readonly string[],
  kept: readonly (string | undefined)[],
  { concurrency, first, ...limits }: MapLimits,
): Promise<Omit<Shard, "round">> {
  let bytes = 0;
  let failed = 0;
  const lines = await inLanes([...items.keys()], concurrency, async (k) => {
    const index = first + k;
    const before = kept[k];
    const result =
      before === undefined ? await task(JSON.parse(items[k]!), { ...limits, index }) : { line: before };
    let line = "line" in result ? result.line : lineOf(index, result);
    if (bytes + Buffer.byteLength(line) > MOST_SHARD_BYTES - RESERVED_BYTES)
      line = lineOf(index, { error: TOO_MUCH });
    bytes += Buffer.byteLength(line);
    if (isError(line, index)) failed++;
    return line;
  });
  return { lines, given: items.length - failed, failed };
}

/** For the errors of a shard's other items. */
const RESERVED_BYTES = 4 * 2 ** 20;
const TOO_MUCH = `The shard's results have more than ${MOST_SHARD_BYTES} bytes: give fewer items a shard (--items-per-shard).`;

const lineOf = (index: number, result: { readonly json: string } | { readonly error: string }) =>
  "json" in result ? `{"index":${index},"value":${result.json}}` : JSON.stringify({ index, ...result });

const isError = (line: string, index: number) => line.startsWith(`{"index":${index},"error":`);
