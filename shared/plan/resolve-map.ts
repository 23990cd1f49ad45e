/** The job that a request for a task asks for: its one axis is that of the items, a chunk is a shard of them. */
import { elementsExcess } from "../array/job-limits.ts";
import type { LoadedKernel } from "../kernels/loader.ts";
import { NewJobIdSchema } from "../messages/job-id.ts";
import type { Items, JobRequest } from "../messages/job-request.ts";
import { type Job, STORED_JOB_VERSION } from "../record/job.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { parse, show } from "../validation/parse.ts";
import { ITEM_AXIS, refuse } from "./check-spec.ts";

/** Fields that only a request for an array has. */
const OF_ARRAYS = [
  "inputs",
  "points",
  "size",
  "parameters",
  "grid",
  "dtype",
  "chunk",
  "codec",
  "computeSeconds",
] as const;

/** Taken for an item, unless its limit is less (s): a task may have effects, so none is run to time it. */
const ASSUMED_SECONDS = 1;

interface MapRequest extends Omit<JobRequest, "output"> {
  readonly output: Job["output"];
}

/** Throws InvalidInputError naming the field. */
export function resolveMap(
  request: MapRequest,
  fallbackId: string,
  { name, hash, declaration }: LoadedKernel,
): Job {
  const { items, seed = 0 } = request;
  if (!items) refuseTask(show(request.kernel));
  const other = OF_ARRAYS.find((field) => request[field] !== undefined);
  if (other !== undefined || request.output.npy)
    throw new InvalidInputError(`job request ${other ?? "output.npy"}`, "left out for a task", "it");
  const { count } = items;
  refuse(elementsExcess([count]));
  return {
    version: STORED_JOB_VERSION,
    jobId: request.requestId ?? parse(NewJobIdSchema, fallbackId, "job id"),
    spec: {
      kernel: name,
      ...(hash !== undefined && { hash }),
      parameters: {},
      axes: [{ input: ITEM_AXIS, rule: "index", from: 0, step: 1, count }],
      values: [],
      chunkShape: [Math.min(items.perShard, count)],
      codec: "none",
      seed,
    },
    declaration,
    measured: measuredOf(items),
    items,
    // A worker that dies has then only one shard to do again.
    chunksPerMessage: request.chunksPerMessage ?? 1,
    ramp: request.ramp ?? "auto",
    allowMissing: request.allowMissing ?? 0,
    ...(request.maxUsd !== undefined && { maxUsd: request.maxUsd }),
    output: request.output,
  };
}

function measuredOf({ seconds, concurrency }: Items): NonNullable<Job["measured"]> {
  return {
    meanSeconds: Math.min(seconds, ASSUMED_SECONDS) / concurrency,
    mostSeconds: seconds / concurrency,
  };
}

/** Throws InvalidInputError: a task was named where a kernel is meant. */
export function refuseTask(shown: string): never {
  throw new InvalidInputError(
    "kernel",
    "one that fills an array",
    `${shown}, a task`,
    "`manyhands map <task> <items.jsonl>` maps it over items.",
  );
}
