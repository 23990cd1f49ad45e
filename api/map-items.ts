/** A new job that maps a task over items, from its task to its end. */
import { expectNotAborted } from "../client/engines/interrupted.ts";
import { prepareJobFolder } from "../client/job-folder/folder.ts";
import type { MeantKernel } from "../client/kernels/meant-kernel.ts";
import { inLanes } from "../shared/ports/lanes.ts";
import type { Store } from "../shared/ports/store.ts";
import { itemsKey } from "../shared/record/shards.ts";
import { JobConflictError } from "../shared/validation/errors.ts";
import { compute, type Outcome } from "./compute.ts";
import type { ItemList, ItemShard } from "./items.ts";
import { expectTask, limitsOf, mapJobOf } from "./map-job.ts";
import type { MapOptions } from "./options.ts";
import { byField, checkLimit, checkRamp, namingLimit, placeAsked } from "./place.ts";
import type { Commanded, PlaceOptions } from "./run-array.ts";

/** Workers of a deployment or a Redis, whose number the client does not know: shards are cut for them. */
const ASSUMED_FLEET = 100;

/** Everything is checked before anything starts, each item too. Rejects as `compute` does. */
export async function mapItems(
  task: () => Promise<MeantKernel>,
  read: () => Promise<ItemList>,
  options: Omit<MapOptions, "engine"> & PlaceOptions,
  { nameOf = byField, onBegin, command, foresees, plannedFor }: Commanded = {},
): Promise<Outcome> {
  const { signal, onWarning, onBuild, report } = options;
  const { kernel, job, request, list, place } = await itemsJob(task, read, options, nameOf);
  const { engine, workers, at } = place;
  try {
    if (foresees && job.maxUsd !== undefined) {
      const { warnOfLimit } = await import("./warn-of-limit.ts");
      await warnOfLimit({ job, kernel }, place, onWarning);
    }
    const prepared = prepareJobFolder(job.jobId, options.out, nameOf("out"));
    const planned = await plannedFor?.(job, engine.name);
    const [perShard = 1] = job.spec.chunkShape;
    const prepare = (store: ItemStore) => putItems(store, job.jobId, list, perShard);
    const asked = { ...request, ...(planned && { planned }) };
    return await compute(
      {
        ...{ job, prepared, engine, at },
        start: async (watch) => (await engine.load(at))({ ...watch, request: asked, workers, prepare }),
      },
      { signal, onWarning, onBuild, onBegin, report, command },
    ).catch(namingLimit(nameOf));
  } finally {
    list.release();
  }
}

/** The job, its task, and its items, which are to be released. Throws InvalidInputError. */
export async function itemsJob(
  task: () => Promise<MeantKernel>,
  read: () => Promise<ItemList>,
  options: Omit<MapOptions, "engine"> & PlaceOptions,
  nameOf = byField,
) {
  const { signal } = options;
  expectNotAborted(signal);
  const place = placeAsked(options, nameOf);
  checkRamp(place.engine, options.ramp, nameOf);
  checkLimit(place.engine, options.maxUsd, nameOf);
  const limits = limitsOf(options, nameOf);
  const meant = await task();
  expectTask(meant);
  expectNotAborted(signal);
  const list = await read();
  try {
    expectNotAborted(signal);
    const fleet = place.engine.isRemote ? ASSUMED_FLEET : place.workers;
    const { job, request } = await mapJobOf(meant, list, fleet, limits, options, nameOf);
    return { kernel: meant.kernel, job, request, list, place };
  } catch (error) {
    list.release();
    throw error;
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
