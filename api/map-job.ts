/** From a task, its items and their limits to a job. */

import { kernels } from "../client/kernels/loader.ts";
import type { MeantKernel } from "../client/kernels/meant-kernel.ts";
import type { LoadedKernel } from "../shared/kernels/loader.ts";
import {
  type Items,
  type JobRequest,
  MOST_ITEM_SECONDS,
  MOST_ITEMS_AT_ONCE,
  MOST_ITEMS_PER_SHARD,
} from "../shared/messages/job-request.ts";
import { loadJob } from "../shared/plan/resolve-job.ts";
import type { Job } from "../shared/record/job.ts";
import { MOST_SHARD_BYTES } from "../shared/record/shards.ts";
import { InvalidInputError } from "../shared/validation/errors.ts";
import { show } from "../shared/validation/parse.ts";
import type { ItemList } from "./items.ts";
import { jobIdFor } from "./new-job.ts";
import type { MapOptions } from "./options.ts";
import { byField } from "./place.ts";

const DEFAULT_SECONDS = 30;
/** For the last worker to end soon after the others. */
const SHARDS_A_WORKER = 4;
const AIMED_SHARD_BYTES = 4 * 2 ** 20;
/** Items that take all of their time one after the other: a worker that dies takes its whole shard with it. */
const LONGEST_SHARD_SECONDS = 3000;

/** Throws InvalidInputError where it is none. */
export function expectTask({ kernel, file }: MeantKernel): void {
  if (kernel.declaration.form === "task") return;
  throw new InvalidInputError(
    "the task",
    "a file that exports task()",
    `${show(file ?? kernel.name)}, which exports kernel()`,
    "`manyhands run` fills an array with it.",
  );
}

/** The job that maps the task over the items, by that many workers. Throws InvalidInputError naming the option. */
export async function mapJobOf(
  { kernel, file }: { readonly kernel: LoadedKernel; readonly file?: string },
  list: ItemList,
  workers: number,
  limits: MapLimits,
  { seed, ramp, allowMissing, maxUsd, plots = true, jobId }: Omit<MapOptions, "engine">,
  nameOf = byField,
): Promise<{ readonly job: Job; readonly request: JobRequest }> {
  const asked: JobRequest = {
    kernel: kernel.name,
    ...(file !== undefined && { hash: kernel.hash, file }),
    items: itemsOf(list, workers, limits, nameOf("itemsPerShard")),
    ...(seed !== undefined && { seed }),
    ...(ramp !== undefined && { ramp }),
    ...(allowMissing !== undefined && { allowMissing }),
    ...(maxUsd !== undefined && { maxUsd }),
    output: { plots },
  };
  const requestId = jobIdFor(asked, jobId, nameOf("jobId"));
  const request = { ...asked, requestId };
  return { job: (await loadJob(request, requestId, kernels)).job, request };
}

/** What of the options needs no look at the items. */
export interface MapLimits {
  readonly seconds: number;
  readonly concurrency: number;
  /** By the items' number and size, unless it is said. */
  readonly perShard: number | undefined;
}

/** Throws InvalidInputError naming the field. */
export function limitsOf(
  { itemSeconds = DEFAULT_SECONDS, concurrency = 1, itemsPerShard }: Omit<MapOptions, "engine">,
  nameOf = byField,
): MapLimits {
  if (!(itemSeconds >= 0.001 && itemSeconds <= MOST_ITEM_SECONDS))
    throw new InvalidInputError(
      nameOf("itemSeconds"),
      `a number of seconds up to ${MOST_ITEM_SECONDS}`,
      show(itemSeconds),
    );
  expectWhole(concurrency, MOST_ITEMS_AT_ONCE, nameOf("concurrency"));
  if (itemsPerShard !== undefined) expectWhole(itemsPerShard, MOST_ITEMS_PER_SHARD, nameOf("itemsPerShard"));
  return { seconds: itemSeconds, concurrency, perShard: itemsPerShard };
}

function expectWhole(value: number, most: number, field: string): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new InvalidInputError(field, `a whole number from 1 to ${most}`, show(value));
}

function itemsOf(
  { count, mostBytes, sha256 }: ItemList,
  workers: number,
  limits: MapLimits,
  field: string,
): Items {
  const { seconds, concurrency, perShard = shardFor({ count, mostBytes }, workers, limits) } = limits;
  if (perShard * mostBytes > MOST_SHARD_BYTES)
    throw new InvalidInputError(
      field,
      `at most ${Math.floor(MOST_SHARD_BYTES / mostBytes)} with items of up to ${mostBytes} bytes`,
      `${perShard}`,
    );
  return { count, perShard, seconds, concurrency, sha256 };
}

function shardFor(
  { count, mostBytes }: Pick<ItemList, "count" | "mostBytes">,
  workers: number,
  { seconds, concurrency }: MapLimits,
): number {
  // A shard of no more items than are computed at the same time takes as long as one item.
  const even = Math.max(count / (SHARDS_A_WORKER * workers), Math.min(concurrency, count / workers));
  const most = Math.min(
    MOST_ITEMS_PER_SHARD,
    even,
    AIMED_SHARD_BYTES / mostBytes,
    (LONGEST_SHARD_SECONDS * concurrency) / seconds,
  );
  return Math.max(1, Math.floor(most));
}
