/** A job that a deployment has: what its caller may do next. */
import { DEFAULT_REMOTE_ENGINE, engineNamed } from "../client/engines/engines.ts";
import type { JobRequest } from "../shared/messages/job-request.ts";
import { STACK_NAME } from "../shared/validation/env.ts";
import { resultOf } from "./job-outcome.ts";
import { expectKnown } from "./known-options.ts";
import { statusOf } from "./opened-job.ts";
import type { AttachOptions, SubmitOptions } from "./options.ts";
import type { Job, SubmittedJob } from "./results.ts";
import { RunningJob } from "./running-job.ts";

/** Follows it. */
export function attached(jobId: string, options: AttachOptions): Job {
  return new RunningJob(
    async (onBegin) => {
      expectKnown(options, "attach");
      const { attachJob } = await import("./attach-job.ts");
      return attachJob(jobId, options, { onBegin });
    },
    (outcome) => resultOf(outcome, options.stack),
  );
}

/** Hands it over. */
export async function submitted(
  requested: () => Promise<JobRequest>,
  options: Pick<SubmitOptions, "stack" | "signal" | "onWarning" | "jobId">,
): Promise<SubmittedJob> {
  const { handOver } = await import("./submit-job.ts");
  const { stack = STACK_NAME } = options;
  const { submission } = await handOver(requested, options);
  const { jobId, chunks, messages, plan } = submission;
  const jobs = () => engineNamed(DEFAULT_REMOTE_ENGINE).jobs({ stack });
  return {
    ...{ jobId, chunks, messages },
    ...(plan && { plan }),
    attach: (more = {}) => attached(jobId, { ...more, stack }),
    status: async () => statusOf(await (await jobs()).withJob(jobId, (found) => found.status())),
    cancel: async () => {
      await (await jobs()).withJob(jobId, (found) => found.cancel());
    },
  };
}
