/** `manyhands:store`: one place for the objects of all jobs in a Redis, whichever client or worker comes first. */
import type { Redis } from "ioredis";
import { InvalidInputError } from "../../validation/errors.ts";
import { show } from "../../validation/parse.ts";
import { type StorePlace, storeName, storePlace } from "./store-url.ts";

const NAMED = "manyhands:store";

/**
 * Says that objects are in `place`, where nothing is said yet. Throws InvalidInputError where they are in another one.
 */
export async function nameStore(redis: Redis, place: StorePlace): Promise<void> {
  const wanted = storeName(place);
  const named = storeName(await nameIfFree(redis, place));
  if (named === wanted) return;
  throw new InvalidInputError(
    "--store",
    `${show(named)}, where this Redis's jobs keep their objects`,
    show(wanted),
    `Say that one or none; \`redis-cli del ${NAMED}\` forgets it, once its jobs are deleted.`,
  );
}

/** Says that objects are in `place`, unless another one is named, and gives the place that is. */
export async function nameIfFree(redis: Redis, place: StorePlace): Promise<StorePlace> {
  const named = await namedStore(redis);
  // A user that may only work may not write the name, and need not where there is one.
  if (named) return named;
  await redis.set(NAMED, storeName(place), "NX");
  return (await namedStore(redis)) ?? place;
}

/** The place that is named; undefined before the first job. */
export async function namedStore(redis: Redis): Promise<StorePlace | undefined> {
  const named = await redis.get(NAMED);
  return named === null ? undefined : storePlace(named, NAMED);
}
