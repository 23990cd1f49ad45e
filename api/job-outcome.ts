/** From how a job ended to what the library's caller gets: its arrays too, which are read when they are asked for. */
import { resolve } from "node:path";
import { engineNamed } from "../client/engines/engines.ts";
import { KERNELS } from "../shared/kernels/registry.ts";
import { declarationOf } from "../shared/plan/declaration-of.ts";
import type { Job } from "../shared/record/job.ts";
import { InvalidInputError } from "../shared/validation/errors.ts";
import type { Outcome } from "./compute.ts";
import type { EngineName } from "./options.ts";
import { type Reading, readingFolder, readingJobs } from "./reading.ts";
import type { JobArray, JobResult, MapResult } from "./results.ts";
import { storedArrays } from "./stored-array.ts";

/** How it ended, without its arrays. */
export function endOf({ job, engine, folder, summary, phasesMs, rejected, fetched }: Outcome): MapResult {
  return {
    ...{ jobId: job.jobId, engine: engine as EngineName, folder },
    ...{ summary, phasesMs, rejected },
    ...(fetched && { fetched }),
  };
}

/** How it ended, with its arrays. */
export function resultOf(outcome: Outcome): JobResult {
  const arrays = arraysOf(outcome.job, readingOf(outcome));
  return withOnlyArray({ ...endOf(outcome), arrays });
}

/** Where the job's objects were brought to, or the deployment where they were not. */
export function readingOf({
  job,
  engine,
  at,
  folder,
  fetched,
}: Pick<Outcome, "job" | "engine" | "at" | "folder" | "fetched">): Reading {
  if (fetched !== "pictures") return readingFolder(job.jobId, resolve(folder));
  return readingJobs(() => engineNamed(engine).jobs(at), job.jobId);
}

type Arrays = Readonly<Record<string, JobArray>>;

/** By the names of the kernel's values; none where the job maps items. */
export function arraysOf(job: Pick<Job, "jobId" | "spec" | "declaration">, reading: Reading): Arrays {
  return storedArrays(job, declarationOf(job, KERNELS), reading);
}

/** Adds `array`, which throws where there are several or none: that is no field to list or to copy. */
export function withOnlyArray<Fields extends { readonly arrays: Arrays }>(
  fields: Fields,
): Fields & { readonly array: JobArray } {
  const [array, ...others] = Object.values(fields.arrays);
  if (array && others.length === 0) return Object.assign(fields, { array });
  const get = (): JobArray => {
    throw new InvalidInputError("array", "asked of a job with one value", namesOf(fields.arrays));
  };
  return Object.defineProperty(fields as Fields & { readonly array: JobArray }, "array", { get });
}

function namesOf(arrays: Arrays): string {
  const names = Object.keys(arrays).map((name) => `arrays.${name}`);
  return names.length === 0 ? "one that maps items" : `one with ${names.join(", ")}`;
}
