/** A new job of an array, from its request to its end. */
import { expectNotAborted } from "../client/engines/interrupted.ts";
import { prepareJobFolder } from "../client/job-folder/folder.ts";
import type { JobRequest } from "../shared/messages/job-request.ts";
import type { Planned } from "../shared/messages/planned.ts";
import type { HandedTo } from "../shared/plan/planned-deployment.ts";
import type { Job } from "../shared/record/job.ts";
import { compute, type Hearing, type Outcome } from "./compute.ts";
import { newJob } from "./new-job.ts";
import type { EngineOptions } from "./options.ts";
import {
  byField,
  checkLanguage,
  checkLimit,
  checkRamp,
  type NameOf,
  namingLimit,
  placeAsked,
} from "./place.ts";
import type { OnPlan } from "./plan-there.ts";
import { warningsOf } from "./warnings.ts";

/** What the command line says besides: how its options are called, and what it does when a job begins. */
export interface Commanded extends Pick<Hearing, "onBegin" | "command"> {
  readonly nameOf?: NameOf;
  /** Is given the plan of a job for a deployment. Absent: nothing is planned here. */
  readonly onPlan?: OnPlan;
  /** True where a job with a limit is planned before it begins, to say whether that is enough. */
  readonly foresees?: boolean;
  /** What a plan told of the job on this engine before, if one was made. */
  readonly plannedFor?: (job: Job, engine: string) => Promise<Planned | undefined>;
}

/** Options of the command whose values were read, but not checked. */
export interface PlaceOptions extends Omit<EngineOptions, "engine"> {
  readonly engine?: string | undefined;
}

interface RunArrayOptions extends PlaceOptions {
  readonly jobId?: string | undefined;
  readonly ramp?: string | undefined;
}

/** Everything is checked before anything starts. Rejects as `compute` does. */
export async function runArray(
  requested: () => Promise<JobRequest>,
  options: RunArrayOptions,
  { nameOf = byField, onBegin, command, onPlan, foresees, plannedFor }: Commanded = {},
): Promise<Outcome> {
  const { signal, onWarning, onBuild, report } = options;
  expectNotAborted(signal);
  const { engine, workers, at } = placeAsked(options, nameOf);
  const asked = await requested();
  expectNotAborted(signal);
  const { job, kernel, request, cost } = await newJob(
    asked,
    options.jobId,
    nameOf,
    checkLanguage(engine, nameOf),
  );
  expectNotAborted(signal);
  checkRamp(engine, options.ramp, nameOf);
  checkLimit(engine, request.maxUsd, nameOf);
  if (onWarning) for (const warning of warningsOf(job, kernel, nameOf)) onWarning(warning);
  const isForeseen = foresees && !engine.isRemote && request.maxUsd !== undefined;
  const { warnOfLimit } = isForeseen ? await import("./warn-of-limit.ts") : {};
  const computeSeconds = await warnOfLimit?.({ job, kernel, cost }, { engine, workers }, onWarning);
  expectNotAborted(signal);
  const planned = await plannedFor?.(job, engine.name);
  const plan =
    onPlan &&
    (async (there: HandedTo) =>
      (await import("./plan-there.ts")).planThere(there, { job, kernel, cost }, onPlan));
  const prepared = prepareJobFolder(job.jobId, options.out, nameOf("out"));
  return compute(
    {
      ...{ job, prepared, engine, at },
      start: async (watch) =>
        (await engine.load(at))({
          ...watch,
          request: {
            ...{ ...request, ...(planned && { planned }) },
            ...(computeSeconds !== undefined && { computeSeconds }),
          },
          ...{ workers, plan },
        }),
    },
    { signal, onWarning, onBuild, onBegin, report, command },
  ).catch(namingLimit(nameOf));
}
