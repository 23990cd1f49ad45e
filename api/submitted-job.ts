/** A job that a deployment or a Redis has: what its caller may do next. */
import { remoteMeant } from "../client/engines/engines.ts";
import type { JobRequest } from "../shared/messages/job-request.ts";
import { resultOf } from "./job-outcome.ts";
import { expectKnown } from "./known-options.ts";
import { statusOf } from "./opened-job.ts";
import type { AttachOptions } from "./options.ts";
import { jobPlace } from "./place.ts";
import type { Job, SubmittedJob } from "./results.ts";
import { RunningJob } from "./running-job.ts";
import type { HandOverOptions } from "./submit-job.ts";

/** Follows it. */
export function attached(jobId: string, options: AttachOptions): Job {
  return new RunningJob(async (onBegin) => {
    expectKnown(options, "attach");
    const { attachJob } = await import("./attach-job.ts");
    return attachJob(jobId, options, { onBegin });
  }, resultOf);
}

/** Hands it over. */
export async function submitted(
  requested: () => Promise<JobRequest>,
  options: HandOverOptions,
): Promise<SubmittedJob> {
  const { handOver } = await import("./submit-job.ts");
  const at = jobPlace(options);
  const { submission } = await handOver(requested, options);
  const { jobId, chunks, messages, plan } = submission;
  const jobs = () => remoteMeant(at).jobs(at);
  return {
    ...{ jobId, chunks, messages },
    ...(plan && { plan }),
    attach: (more = {}) => attached(jobId, { ...more, ...at }),
    status: async () => statusOf(await (await jobs()).withJob(jobId, (found) => found.status())),
    cancel: async () => {
      await (await jobs()).withJob(jobId, (found) => found.cancel());
    },
  };
}
