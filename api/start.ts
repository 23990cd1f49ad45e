/** A new job, from its request to its result. */
import { InterruptedError } from "../client/engines/interrupted.ts";
import { prepareJobFolder } from "../client/job-folder/folder.ts";
import type { JobRequest } from "../shared/messages/job-request.ts";
import { compute, type Hearing } from "./compute.ts";
import { type JobOutcome, withArrays } from "./job-outcome.ts";
import { newJob } from "./new-job.ts";
import type { EngineOptions } from "./options.ts";
import { byField, checkRamp, type NameOf, placeAsked } from "./place.ts";
import { RunningJob } from "./running-job.ts";
import { warningsOf } from "./warnings.ts";

/** What the command line says besides: how its options are called, and what it does when a job begins. */
export interface Commanded extends Pick<Hearing, "onBegin"> {
  readonly nameOf?: NameOf;
}

type StartOptions = EngineOptions & {
  readonly jobId?: string | undefined;
  readonly ramp?: string | undefined;
};

/** Everything is checked before anything starts. */
export function startRun(
  requested: () => Promise<JobRequest>,
  options: StartOptions,
  { nameOf = byField, onBegin }: Commanded = {},
): RunningJob<JobOutcome> {
  return new RunningJob(async (begin) => {
    const { signal, onWarning, onBuild } = options;
    expectNotAborted(signal);
    const { engine, workers, stack } = placeAsked(options, nameOf);
    const asked = await requested();
    expectNotAborted(signal);
    const { job, kernel, request } = await newJob(asked, options.jobId, nameOf);
    expectNotAborted(signal);
    checkRamp(engine, options.ramp, nameOf);
    if (onWarning) for (const warning of warningsOf(job, kernel, nameOf)) onWarning(warning);
    const prepared = prepareJobFolder(job.jobId, options.out, nameOf("out"));
    const outcome = await compute(
      {
        ...{ job, prepared, engine },
        start: async (watch) => (await engine.load({ stack }))({ ...watch, request, workers }),
      },
      {
        ...{ signal, onWarning, onBuild },
        onBegin: (begun) => {
          begin(begun);
          onBegin?.(begun);
        },
      },
    );
    return withArrays(outcome, job, { engine, stack });
  });
}

/** Before the folder is claimed there is nothing to give back. */
export function expectNotAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new InterruptedError("Interrupted before anything was stored.", false, { cause: signal.reason });
}
