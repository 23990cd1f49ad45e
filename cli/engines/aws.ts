import type { StoredJob } from "../../shared/job.ts";
import { type Cloud, withCloud } from "../cloud/cloud.ts";
import { download } from "../cloud/download.ts";
import { follow } from "../cloud/follow.ts";
import { submitJob } from "../cloud/invoke.ts";
import { readRemoteJob } from "../cloud/remote-job.ts";
import { type Engine, InterruptedError, mountsOf, type RunResult, type Watch } from "./engine.ts";

/** Larger arrays are fetched when they are asked for, not along with the rest: they take time, and cost egress. */
const FETCHED_BYTES = 2 ** 30;

/** A deployment of the stack, on AWS or on whatever AWS_ENDPOINT_URL names. Ctrl-C leaves the job running there. */
export function awsEngine(stack: string): Engine {
  return (run) =>
    withCloud(stack, async (cloud) => {
      const { jobId, request, signal } = run;
      if (signal.aborted) throw new InterruptedError("Interrupted before anything was submitted.");
      const startUp = performance.now();
      await orDetached(cloud, run, () => submitJob(cloud, { ...request, requestId: jobId }, signal));
      const job = await readRemoteJob(cloud, jobId);
      const split = performance.now() - startUp;
      const result = await collect(cloud, job, run);
      return { ...result, phasesMs: { ...result.phasesMs, startUp, split } };
    });
}

/** Follows a job that was submitted and fetches what it gave. Throws InterruptedError. */
export async function collect(cloud: Cloud, job: StoredJob, run: Watch): Promise<RunResult> {
  const { folder, progress, signal } = run;
  const startUp = performance.now();
  return orDetached(cloud, run, async () => {
    const { summary, coveredAtMs } = await follow(cloud, job, progress, signal);
    const endedAtMs = performance.now();
    const fetched = summary.storedBytes > FETCHED_BYTES ? "pictures" : "all";
    await download(cloud, job, fetched, mountsOf(job.jobId, folder), {
      signal,
      onProgress: ({ objects, of }) => progress.fetching(objects, of),
    });
    return {
      summary,
      fetched,
      deployment: cloud.deployment,
      phasesMs: {
        startUp,
        split: 0,
        compute: coveredAtMs - startUp,
        aggregate: endedAtMs - coveredAtMs,
        fetch: performance.now() - endedAtMs,
      },
    };
  });
}

async function orDetached<Result>(
  { deployment }: Cloud,
  { jobId, signal }: Watch,
  action: () => Promise<Result>,
): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new InterruptedError(
      `Detached: job ${jobId} goes on in stack ${deployment.stack}. \`manyhands attach ${jobId}\` picks it up again, \`manyhands status ${jobId}\` tells how far it is.`,
    );
  }
}
