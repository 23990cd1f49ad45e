/** From the options of `manyhands map` to a job. */

import { kernels } from "../../client/kernels/loader.ts";
import { kernelMeant } from "../../client/kernels/meant-kernel.ts";
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import { NewJobIdSchema } from "../../shared/messages/job-id.ts";
import {
  type Items,
  type JobRequest,
  MOST_ITEM_SECONDS,
  MOST_ITEMS_AT_ONCE,
  MOST_ITEMS_PER_SHARD,
} from "../../shared/messages/job-request.ts";
import { loadJob } from "../../shared/plan/resolve-job.ts";
import type { Job } from "../../shared/record/job.ts";
import { MOST_SHARD_BYTES } from "../../shared/record/shards.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { parse, show } from "../../shared/validation/parse.ts";
import type { ItemList } from "./items.ts";
import { newJobId } from "./new-job.ts";
import { seed, share, wholeNumber } from "./numbers.ts";

/** Each value as the user typed it. */
export interface MapOptions {
  readonly jobId?: string;
  readonly seed?: string;
  readonly allowMissing?: string;
  readonly ramp?: string;
  readonly itemsPerShard?: string;
  readonly itemSeconds?: string;
  readonly concurrency?: string;
  readonly plots?: boolean;
}

const DEFAULT_SECONDS = 30;
/** For the last worker to end soon after the others. */
const SHARDS_A_WORKER = 4;
const AIMED_SHARD_BYTES = 4 * 2 ** 20;
/** Items that take all of their time one after the other: a worker that dies takes its whole shard with it. */
const LONGEST_SHARD_SECONDS = 3000;

/** Throws InvalidInputError where it is none. */
export async function taskMeant(named: string) {
  const meant = await kernelMeant(named);
  if (meant.kernel.declaration.form === "task") return meant;
  throw new InvalidInputError(
    "the task",
    "a file that exports task()",
    `${show(named)}, which exports kernel()`,
    "`manyhands run` fills an array with it.",
  );
}

/** The job that maps the task over the items, by that many workers. Throws InvalidInputError naming the option. */
export async function mapJobOf(
  { kernel, file }: { readonly kernel: LoadedKernel; readonly file?: string },
  list: ItemList,
  workers: number,
  limits: MapLimits,
  options: MapOptions,
): Promise<{ readonly job: Job; readonly request: JobRequest }> {
  const asked: JobRequest = {
    kernel: kernel.name,
    ...(file !== undefined && { hash: kernel.hash, file }),
    items: itemsOf(list, workers, limits),
    ...(options.seed !== undefined && { seed: seed(options.seed, "--seed") }),
    ...(options.ramp !== undefined && { ramp: options.ramp as never }),
    ...(options.allowMissing !== undefined && {
      allowMissing: share(options.allowMissing, "--allow-missing"),
    }),
    output: { plots: options.plots ?? true },
  };
  const requestId =
    options.jobId === undefined ? newJobId(asked) : parse(NewJobIdSchema, options.jobId, "--job-id");
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

/** Throws InvalidInputError naming the option. */
export function limitsOf({ itemSeconds, concurrency, itemsPerShard }: MapOptions): MapLimits {
  return {
    seconds: itemSeconds === undefined ? DEFAULT_SECONDS : secondsOf(itemSeconds, "--item-seconds"),
    concurrency:
      concurrency === undefined ? 1 : wholeNumber(concurrency, "--concurrency", MOST_ITEMS_AT_ONCE),
    perShard:
      itemsPerShard === undefined
        ? undefined
        : wholeNumber(itemsPerShard, "--items-per-shard", MOST_ITEMS_PER_SHARD),
  };
}

function itemsOf({ count, mostBytes, sha256 }: ItemList, workers: number, limits: MapLimits): Items {
  const { seconds, concurrency, perShard = shardFor({ count, mostBytes }, workers, limits) } = limits;
  if (perShard * mostBytes > MOST_SHARD_BYTES)
    throw new InvalidInputError(
      "--items-per-shard",
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
  const most = Math.min(
    MOST_ITEMS_PER_SHARD,
    count / (SHARDS_A_WORKER * workers),
    AIMED_SHARD_BYTES / mostBytes,
    (LONGEST_SHARD_SECONDS * concurrency) / seconds,
  );
  return Math.max(1, Math.floor(most));
}

function secondsOf(text: string, option: string): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0.001 && value <= MOST_ITEM_SECONDS) return value;
  throw new InvalidInputError(option, `a number of seconds up to ${MOST_ITEM_SECONDS}`, show(text));
}
