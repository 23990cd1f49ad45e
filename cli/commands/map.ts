import type { Watch } from "../../client/engines/engine.ts";
import { engineNamed } from "../../client/engines/engines.ts";
import { prepareJobFolder } from "../../client/job-folder/folder.ts";
import { inLanes } from "../../shared/ports/lanes.ts";
import type { Store } from "../../shared/ports/store.ts";
import { itemsKey } from "../../shared/record/shards.ts";
import { JobConflictError } from "../../shared/validation/errors.ts";
import { type ItemList, type ItemShard, readItems } from "../request/items.ts";
import { limitsOf, type MapOptions, mapJobOf, taskMeant } from "../request/map-job.ts";
import { checkRamp, workersOf } from "./run.ts";
import { runJob, type Verbosity } from "./run-job.ts";

export interface MapCommandOptions extends MapOptions, Verbosity {
  readonly engine: string;
  readonly stack: string;
  readonly workers?: string;
  readonly out?: string;
}

/** Workers of a deployment, whose number the client does not know: shards are cut for them. */
const ASSUMED_FLEET = 100;

/** `manyhands map`: everything is checked before anything starts, each item's line too. Returns the exit code. */
export async function map(file: string, items: string, options: MapCommandOptions): Promise<number> {
  const engine = engineNamed(options.engine);
  const workers = workersOf(engine, options.workers);
  checkRamp(engine, options.ramp);
  const limits = limitsOf(options);
  const task = await taskMeant(file);
  const list = await readItems(items);
  try {
    const { job, request } = await mapJobOf(
      task,
      list,
      engine.hasRamp ? ASSUMED_FLEET : workers,
      limits,
      options,
    );
    const prepared = prepareJobFolder(job.jobId, options.out);
    const { stack } = options;
    const [perShard = 1] = job.spec.chunkShape;
    const prepare = (store: ItemStore) => putItems(store, job.jobId, list, perShard);
    const start = async (watch: Watch) =>
      (await engine.load({ stack }))({ ...watch, request, workers, prepare });
    return await runJob({ job, prepared, engine, stack, start }, options);
  } finally {
    list.release();
  }
}

type ItemStore = Pick<Store, "get" | "putIfAbsent">;

/** Shards that are on their way at a time. */
const AT_ONCE = 8;

/** Throws JobConflictError, and InvalidInputError where the items changed. */
async function putItems(store: ItemStore, jobId: string, list: ItemList, perShard: number): Promise<void> {
  const batch: ItemShard[] = [];
  const put = async () => {
    await inLanes(batch.splice(0), AT_ONCE, (shard) => putOne(store, jobId, shard));
  };
  for await (const shard of list.shards(perShard)) if (batch.push(shard) === AT_ONCE) await put();
  await put();
}

/** The same may be there already, by an attempt that broke off. */
async function putOne(store: ItemStore, jobId: string, { shard, bytes }: ItemShard): Promise<void> {
  const key = itemsKey(jobId, shard);
  if ((await store.putIfAbsent(key, bytes)) === "stored") return;
  const stored = await store.get(key);
  if (!stored || Buffer.compare(stored, bytes) !== 0) throw new JobConflictError(jobId);
}
