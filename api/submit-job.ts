/** A job that is handed over to a deployment. */
import { withCloud } from "../client/cloud/cloud.ts";
import { submitJob } from "../client/cloud/invoke.ts";
import { ConnectionLostError, patientAsker } from "../client/cloud/patience.ts";
import { handedTo } from "../client/cloud/planned-deployment.ts";
import { unlessAborted } from "../client/cloud/unless-aborted.ts";
import { DEFAULT_REMOTE_ENGINE, engineNamed } from "../client/engines/engines.ts";
import { DetachedError, expectNotAborted, InterruptedError } from "../client/engines/interrupted.ts";
import type { JobRequest } from "../shared/messages/job-request.ts";
import type { Submission } from "../shared/record/submission.ts";
import { commandLine, stackOption } from "../shared/validation/command-line.ts";
import { STACK_NAME } from "../shared/validation/env.ts";
import { describeError } from "../shared/validation/errors.ts";
import { newJob } from "./new-job.ts";
import type { SubmitOptions } from "./options.ts";
import { byField, checkLanguage, type NameOf, namingLimit } from "./place.ts";
import { type OnPlan, planThere } from "./plan-there.ts";
import { warningsOf } from "./warnings.ts";

/** A job whose chunk messages are all sent, and the deployment that has it. */
export interface Submitted {
  readonly submission: Submission;
  readonly deployment: { readonly stack: string; readonly region: string; readonly bucket: string };
}

export interface SubmitHearing {
  readonly nameOf?: NameOf;
  /** Called before the deployment is looked for. */
  readonly onBegin?: () => void;
  /** Absent: nothing is planned here. */
  readonly onPlan?: OnPlan | undefined;
  /** Called before the splitter is asked, which takes minutes for a large job. */
  readonly onSubmit?: (jobId: string, stack: string) => void;
}

/**
 * Resolves once every chunk message is sent, and workers are started for them. Rejects with InterruptedError, with DetachedError where
 * the connection stays broken: their messages say how to find out whether it was submitted.
 */
export async function handOver(
  requested: () => Promise<JobRequest>,
  options: Pick<SubmitOptions, "stack" | "signal" | "onWarning" | "jobId">,
  { nameOf = byField, onBegin, onPlan, onSubmit }: SubmitHearing = {},
): Promise<Submitted> {
  const { stack: name = STACK_NAME, signal = new AbortController().signal, onWarning } = options;
  expectNotAborted(signal);
  const { job, kernel, request, cost } = await newJob(await requested(), options.jobId, nameOf);
  checkLanguage(engineNamed(DEFAULT_REMOTE_ENGINE), kernel, request.maxUsd, nameOf);
  const { requestId: jobId } = request;
  if (onWarning) for (const warning of warningsOf(job, kernel, nameOf)) onWarning(warning);
  let isAsked = false;
  onBegin?.();
  try {
    return await unlessAborted(signal, () =>
      withCloud(name, async (cloud) => {
        const { stack, bucket, region, place } = cloud.deployment;
        const told = onPlan && (await planThere(handedTo(cloud), { job, kernel, cost }, onPlan));
        signal.throwIfAborted();
        isAsked = true;
        onSubmit?.(jobId, stack);
        const ask = patientAsker({ place, signal });
        const submission = await ask(() => submitJob(cloud, { ...request, ...told }, signal));
        return { submission, deployment: { stack, region, bucket } };
      }),
    );
  } catch (error) {
    const isLost = error instanceof ConnectionLostError;
    if (!(signal.aborted || isLost)) return namingLimit(nameOf)(error);
    const status = commandLine("status", jobId, ...stackOption(name));
    const said = isAsked
      ? `Interrupted. This tells whether job ${jobId} was submitted:\n  ${status}`
      : "Interrupted: nothing was submitted.";
    if (isLost) throw new DetachedError(`${describeError(error)}\n${said}`, false, { cause: error });
    throw new InterruptedError(said, false, { cause: signal.reason });
  }
}
