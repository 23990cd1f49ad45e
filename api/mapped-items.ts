/** What became of the items of a job, in their order, shard by shard. */
import { type Chunk, layoutOf } from "../shared/array/layout.ts";
import { inLanes } from "../shared/ports/lanes.ts";
import type { StoreReader } from "../shared/ports/store.ts";
import type { ChunkOf } from "../shared/record/array-keys.ts";
import { findShard } from "../shared/record/shards.ts";
import type { Begun, Outcome } from "./compute.ts";
import { readingOf } from "./job-outcome.ts";
import { AT_ONCE, type Reading } from "./reading.ts";
import type { MappedItem } from "./results.ts";

/** A job that runs, as a loop sees it. */
interface Watched {
  /** Absent until its folder is claimed, or its deployment asked. */
  readonly begun: Begun | undefined;
  readonly isOver: boolean;
  readonly outcome: Promise<Outcome>;
  /** Resolves after the next change, and at once where the job is over. */
  changed(): Promise<void>;
}

type Items = AsyncGenerator<MappedItem, void, undefined>;

/** The items of the shards that are done, from that shard on. Of others what `instead` gives, which is none unless it is given. */
export async function* itemsOf(
  job: ChunkOf,
  reading: Reading,
  { firstShard = 0, instead = (_: Chunk): MappedItem[] => [] } = {},
): Items {
  const layout = layoutOf(job.spec);
  for (let first = firstShard; first < layout.total; first += AT_ONCE) {
    const shards = [...layout.chunks(first, Math.min(first + AT_ONCE, layout.total))];
    const read = await reading((store) =>
      inLanes(shards, AT_ONCE, async (shard) => (await itemsIn(store, job, shard.index)) ?? instead(shard)),
    );
    for (const items of read) yield* items;
  }
}

/** Undefined where the shard is not done. */
async function itemsIn(store: StoreReader, job: ChunkOf, shard: number): Promise<MappedItem[] | undefined> {
  const found = await findShard(store, job, shard);
  if (!found || found.shard.unfinished > 0) return undefined;
  return found.shard.lines.map((line) => JSON.parse(line) as MappedItem);
}

const NOT_DONE = "The job ended before the shard of this item was done.";

/**
 * Every item of a job that runs, as soon as it and those before it are there: on a deployment, once the job has ended. Throws why the job
 * failed, after the items that were done before.
 */
export async function* runningItems(running: Watched): Items {
  while (!running.begun && !running.isOver) await running.changed();
  const read = running.begun ? yield* whileItRuns(running.begun, running) : 0;
  const outcome = await running.outcome;
  const { failures } = outcome.summary;
  yield* itemsOf(outcome.job, readingOf(outcome), {
    firstShard: read,
    instead: ({ index, from, elements }) => {
      const { error = NOT_DONE } = failures.find(({ chunk }) => chunk === index) ?? {};
      return Array.from({ length: elements }, (_, k) => ({ index: from[0]! + k, error }));
    },
  });
}

/** The items that were reported, up to the first shard that is not once the job is over. Returns how many shards these are. */
async function* whileItRuns(
  { job, engine, at, folder, progress }: Begun,
  running: Watched,
): AsyncGenerator<MappedItem, number, undefined> {
  if (engine.isRemote) return 0;
  const reading = readingOf({ job, at, folder, engine: engine.name });
  const { total } = layoutOf(job.spec);
  for (let shard = 0; shard < total; shard++) {
    while (!progress.hasReported(shard) && !running.isOver) await running.changed();
    const items = progress.hasReported(shard)
      ? await reading((store) => itemsIn(store, job, shard))
      : undefined;
    if (!items) return shard;
    yield* items;
  }
  return total;
}
