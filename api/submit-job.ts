/** A job that is handed over to a deployment or a Redis. */
import { remoteMeant } from "../client/engines/engines.ts";
import { DetachedError, expectNotAborted, InterruptedError } from "../client/engines/interrupted.ts";
import { ConnectionLostError, patientAsker } from "../client/remote/patience.ts";
import type { Site } from "../client/remote/remote.ts";
import { unlessAborted } from "../client/remote/unless-aborted.ts";
import { withKernel } from "../client/remote/upload-kernel.ts";
import type { JobRequest } from "../shared/messages/job-request.ts";
import type { Submission } from "../shared/record/submission.ts";
import { commandLine } from "../shared/validation/command-line.ts";
import { describeError } from "../shared/validation/errors.ts";
import { newJob } from "./new-job.ts";
import type { RemoteOptions, SubmitOptions } from "./options.ts";
import {
  byField,
  checkLanguage,
  checkLimit,
  checkRamp,
  jobPlace,
  type NameOf,
  namingLimit,
} from "./place.ts";
import { type OnPlan, planThere } from "./plan-there.ts";
import { warningsOf } from "./warnings.ts";

/** A job whose chunk messages are all sent, and the place that has it. */
export interface Submitted {
  readonly submission: Submission;
  readonly site: Site;
}

/** Options whose values were read, but not checked. */
export interface HandOverOptions
  extends Pick<SubmitOptions, keyof RemoteOptions | "signal" | "onWarning" | "jobId"> {
  readonly ramp?: string | undefined;
}

export interface SubmitHearing {
  readonly nameOf?: NameOf;
  /** Called before the place is looked for. */
  readonly onBegin?: () => void;
  /** Absent: nothing is planned here. */
  readonly onPlan?: OnPlan | undefined;
  /** Called before the splitter is asked, which takes minutes for a large job. */
  readonly onSubmit?: (jobId: string, place: string) => void;
}

/**
 * Resolves once every chunk message is sent, and workers are started for them. Rejects with InterruptedError, with DetachedError where
 * the connection stays broken: their messages say how to find out whether it was submitted.
 */
export async function handOver(
  requested: () => Promise<JobRequest>,
  options: HandOverOptions,
  { nameOf = byField, onBegin, onPlan, onSubmit }: SubmitHearing = {},
): Promise<Submitted> {
  const { signal = new AbortController().signal, onWarning } = options;
  expectNotAborted(signal);
  const at = jobPlace(options);
  const engine = remoteMeant(at, nameOf);
  const { job, kernel, request, cost } = await newJob(
    await requested(),
    options.jobId,
    nameOf,
    checkLanguage(engine, nameOf),
  );
  const { requestId: jobId } = request;
  checkRamp(engine, options.ramp, nameOf);
  checkLimit(engine, request.maxUsd, nameOf);
  if (onWarning) for (const warning of warningsOf(job, kernel, nameOf)) onWarning(warning);
  let asked: Site | undefined;
  onBegin?.();
  try {
    return await unlessAborted(signal, () =>
      engine.withRemote(at, async (remote) => {
        const { handedTo, site } = remote;
        const told = onPlan && handedTo && (await planThere(handedTo, { job, kernel, cost }, onPlan));
        signal.throwIfAborted();
        asked = site;
        onSubmit?.(jobId, remote.name);
        const ask = patientAsker(remote, { signal });
        const event = await ask(() => withKernel(remote, { ...request, ...told }));
        const submission = await ask(() => remote.submit(event, signal));
        const unattended = onWarning && (await ask(async () => remote.unattended?.(job)));
        if (unattended) onWarning(unattended);
        return { submission, site };
      }),
    );
  } catch (error) {
    const isLost = error instanceof ConnectionLostError;
    if (!(signal.aborted || isLost)) return namingLimit(nameOf)(error);
    const said = asked
      ? `Interrupted. This tells whether job ${jobId} was submitted:\n  ${commandLine("status", jobId, ...asked.options)}`
      : "Interrupted: nothing was submitted.";
    if (isLost) throw new DetachedError(`${describeError(error)}\n${said}`, false, { cause: error });
    throw new InterruptedError(said, false, { cause: signal.reason });
  }
}
