/** Maps the items of a shard. */
import type { LoadedKernel } from "../../shared/kernels/loaded.ts";
import type { ChunkReport } from "../../shared/messages/chunk-report.ts";
import { RESERVED_ITEM_MS } from "../../shared/messages/job-request.ts";
import type { Clock } from "../../shared/ports/clock.ts";
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
  const { map } = kernel;
  if (!map || !limits) throw new InvalidInputError("kernel", "a task, for a job of items", spec.kernel);
  const key = itemsKey(job.jobId, shard);
  const stored = await readShard(store, key);
  if (!stored) throw new MissingObjectError(key);
  const items = decodeShard(stored, lengthOf(job, shard)).lines;
  const former = again ? (await findShard(store, job, shard))?.shard : undefined;
  const { begun, ...results } = await map(items, {
    ...limits,
    ...{ seed: spec.seed, first: shard * (spec.chunkShape[0] ?? 1), mostBytes: MOST_SHARD_BYTES, signal },
    former: former && { lines: former.lines, isEarlierRound: former.round < round },
    mayBegin: async () => hasTimeFor(limits.seconds, ports) && !(await ports.isCancelled()),
  });
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

function hasTimeFor(seconds: number, { remainingMs }: ShardPorts): boolean {
  return remainingMs === undefined || remainingMs() >= 1000 * seconds + RESERVED_ITEM_MS;
}

/** A worker began a shard with less time than one item may take. */
class NoTimeError extends ManyhandsError {
  override readonly name = "NoTimeError";
  readonly permanent = false;

  constructor(seconds: number) {
    super(`Expected a worker with time for one item (${seconds} s), it had less.`);
  }
}
