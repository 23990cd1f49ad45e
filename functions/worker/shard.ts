/** Maps the items of a shard. */
import type { ItemResult, LoadedKernel, Task } from "../../shared/kernels/loaded.ts";
import type { ChunkReport } from "../../shared/messages/chunk-report.ts";
import { RESERVED_ITEM_MS } from "../../shared/messages/job-request.ts";
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
import { InvalidInputError, ManyhandsError, MissingObjectError } from "../../shared/validation/errors.ts";

export interface ShardPorts {
  readonly store: Store;
  readonly clock: Clock;
  /** Aborted where the run is interrupted. */
  readonly signal?: AbortSignal | undefined;
  /** How long the worker has; absent where it has no limit. */
  readonly remainingMs?: (() => number) | undefined;
  readonly isCancelled: () => Promise<boolean>;
}

/** Which results of the shard there may be. */
export interface ShardRound {
  readonly round: number;
  readonly again: boolean;
}

/**
 * Maps the shard's items, stores their results, and reports them. An item that throws is a result like others. In a later round, items
 * that gave a value in an earlier one keep it. Returns nothing where items are left: the worker's time was over, or the job was
 * cancelled; the same shard then goes on with them, by another message. Throws InvalidInputError, MissingObjectError, CorruptChunkError,
 * NoTimeError, and what the store throws.
 */
export async function mapShard(
  job: Pick<StoredJob, "jobId" | "spec" | "output" | "items">,
  shard: number,
  kernel: LoadedKernel,
  { round, again }: ShardRound,
  ports: ShardPorts,
): Promise<ChunkReport | undefined> {
  const { store, clock, signal } = ports;
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
  const kept = former && keptLines(former.shard, first, round);
  const run = { ...limits, seed: spec.seed, first, signal };
  const { begun, ...results } = await mapItems(task, items, kept ?? [], run, ports);
  signal?.throwIfAborted(); // these errors are not the items' own
  const computeMs = clock.monotonicMs() - startedMs;
  const cpuMs = clock.cpuMs() - cpuBefore;
  if (begun === 0 && results.unfinished > 0) {
    if (await ports.isCancelled()) return undefined;
    throw new NoTimeError(limits.seconds);
  }
  const { shard: tally, storedBytes } = await putShard(store, job, shard, { ...results, round });
  if (tally.unfinished > 0) return undefined;
  const durationMs = clock.monotonicMs() - startedMs;
  return reportChunk(
    job,
    shard,
    { values: [], storedBytes, tally },
    { startedAtMs, durationMs, computeMs, cpuMs },
  );
}

/** A worker began a shard with less time than one item may take. */
class NoTimeError extends ManyhandsError {
  override readonly name = "NoTimeError";
  readonly permanent = false;

  constructor(seconds: number) {
    super(`Expected a worker with time for one item (${seconds} s), it had less.`);
  }
}

/** Results that stay: of a shard that goes on all but what was not begun, of an earlier round those with a value. */
function keptLines({ lines, round: before }: Shard, first: number, round: number): (string | undefined)[] {
  return lines.map((line, k) => {
    const isOpen = before < round ? isError(line, first + k) : line === notBegun(first + k);
    return isOpen ? undefined : line;
  });
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
  { remainingMs, isCancelled }: ShardPorts,
): Promise<Omit<Shard, "round"> & { readonly begun: number }> {
  const neededMs = 1000 * limits.seconds + RESERVED_ITEM_MS;
  const counts = { begun: 0, failed: 0, unfinished: 0 };
  let bytes = 0;
  const lines = await inLanes([...items.keys()], concurrency, async (k) => {
    const index = first + k;
    let line = kept[k];
    if (line === undefined) {
      if ((remainingMs && remainingMs() < neededMs) || (await isCancelled())) {
        counts.unfinished++;
        return notBegun(index);
      }
      counts.begun++;
      line = lineOf(index, await task(JSON.parse(items[k]!), { ...limits, index }));
    }
    if (bytes + Buffer.byteLength(line) > MOST_SHARD_BYTES - RESERVED_BYTES)
      line = lineOf(index, { error: TOO_MUCH });
    bytes += Buffer.byteLength(line);
    if (isError(line, index)) counts.failed++;
    return line;
  });
  return { lines, ...counts, given: items.length - counts.failed - counts.unfinished };
}

/** For the errors of a shard's other items. */
const RESERVED_BYTES = 4 * 2 ** 20;
const TOO_MUCH = `The shard's results have more than ${MOST_SHARD_BYTES} bytes: give fewer items a shard (--items-per-shard).`;

const lineOf = (index: number, result: ItemResult) =>
  "json" in result ? `{"index":${index},"value":${result.json}}` : JSON.stringify({ index, ...result });

const isError = (line: string, index: number) => line.startsWith(`{"index":${index},"error":`);
const notBegun = (index: number) => JSON.stringify({ index, error: "not begun" });
