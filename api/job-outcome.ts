import { resolve } from "node:path";
import type { Engine } from "../client/engines/engine.ts";
import { KERNELS } from "../shared/kernels/registry.ts";
import { declarationOf } from "../shared/plan/declaration-of.ts";
import type { Job } from "../shared/record/job.ts";
import type { Outcome } from "./compute.ts";
import { readingFolder, readingJobs } from "./reading.ts";
import type { JobArray } from "./results.ts";
import { storedArrays } from "./stored-array.ts";

/** How a job ended, with its arrays: `array` where there is one value. */
export interface JobOutcome extends Outcome {
  readonly arrays: Readonly<Record<string, JobArray>>;
  readonly array?: JobArray;
}

/** The arrays are read where they were brought to, or from the deployment where they were not. */
export function withArrays(
  outcome: Outcome,
  job: Pick<Job, "jobId" | "spec" | "declaration">,
  { engine, stack }: { readonly engine: Engine; readonly stack: string },
): JobOutcome {
  const reading =
    outcome.fetched === "pictures"
      ? readingJobs(() => engine.jobs({ stack }), job.jobId)
      : readingFolder(job.jobId, resolve(outcome.folder));
  const arrays = storedArrays(job, declarationOf(job, KERNELS), reading);
  const [only, ...others] = Object.values(arrays);
  return { ...outcome, arrays, ...(only && others.length === 0 && { array: only }) };
}
