/** The plan of a job that goes on: of what it lacks. */
import { kernelOfJob } from "../client/kernels/kernel-of-job.ts";
import { isMap } from "../shared/array/spec.ts";
import type { StoreReader } from "../shared/ports/store.ts";
import { readControl } from "../shared/record/control.ts";
import type { StoredJob } from "../shared/record/job.ts";
import { readLimit } from "../shared/record/limit.ts";
import { findShard } from "../shared/record/shards.ts";
import { listChunks } from "../shared/record/stored-chunk.ts";
import type { ResumeOptions } from "./options.ts";
import { pathOfFile } from "./path-of-file.ts";
import { byField, checkPlanned, placeAsked } from "./place.ts";
import { deploymentAsked, planOf } from "./plan-job.ts";
import type { JobPlan } from "./plan-records.ts";
import type { PlaceOptions } from "./run-array.ts";

export interface PlannedResumption {
  readonly jobId: string;
  /** How many chunks are computed again. */
  readonly missing: number;
  /** Absent where nothing is missing. */
  readonly plan?: JobPlan;
}

/** By what is stored, whole or not: a corrupt chunk is found, and computed on top, when the job goes on. Throws InvalidInputError. */
export async function plannedResumption(
  named: string,
  options: Omit<ResumeOptions, "engine"> & PlaceOptions,
  nameOf = byField,
): Promise<PlannedResumption> {
  const { engine, workers, at } = placeAsked(options, nameOf);
  checkPlanned(engine, nameOf("dryRun"));
  const { force, onBuild, python } = options;
  const kernelFile = options.kernel === undefined ? undefined : pathOfFile(options.kernel, nameOf("kernel"));
  const jobs = await engine.jobs(at);
  return jobs.withJob(named, async ({ job, store }) => {
    const missing = await missingOf(job, store);
    const { jobId } = job;
    if (missing.length === 0) return { jobId, missing: 0 };
    const kernel = await kernelOfJob(job, { kernel: kernelFile, python, force, onBuild });
    const round = (await readControl(store, jobId)).round + 1;
    const spentUsd = (await readLimit(store, jobId))?.maxUsd ?? 0;
    const maxUsd = options.maxUsd ?? (spentUsd || undefined);
    const asked = { job: { ...job, maxUsd }, kernel, round: { round, again: true, missing }, spentUsd };
    return {
      jobId,
      missing: missing.length,
      plan: await planOf(asked, deploymentAsked({}, nameOf), workers),
    };
  });
}

/** In rising order: what is not stored, and shards of which items failed. */
async function missingOf(job: StoredJob, store: StoreReader): Promise<number[]> {
  const missing: number[] = [];
  for (const [chunk, isStored] of (await listChunks(store, job)).entries()) {
    const found = isStored && isMap(job.spec) ? await findShard(store, job, chunk) : undefined;
    if (!isStored || (isMap(job.spec) && (found?.shard.failed ?? 1) > 0)) missing.push(chunk);
  }
  return missing;
}
