import type { StoredJob } from "../../shared/job.ts";
import { gridOf } from "../../shared/stores/zarr-array.ts";
import { type Cloud, withCloud } from "../cloud/cloud.ts";
import { download } from "../cloud/download.ts";
import { follow } from "../cloud/follow.ts";
import { submitJob } from "../cloud/invoke.ts";
import { readRemoteJob } from "../cloud/remote-job.ts";
import { unlessAborted } from "../cloud/unless-aborted.ts";
import { type Engine, InterruptedError, mountsOf, type RunResult, type Watch } from "./engine.ts";

/** Larger arrays are fetched when they are asked for, not along with the rest: they take time, and cost egress. */
const FETCHED_BYTES = 2 ** 30;

/** A deployment of the stack, on AWS or on whatever AWS_ENDPOINT_URL names. Ctrl-C leaves the job running there. */
export function awsEngine(stack: string): Engine {
  return (run) => {
    const { jobId, request, signal } = run;
    return orDetached(run, "Nothing was submitted.", (nowIfAborted) =>
      withCloud(stack, async (cloud) => {
        const startUp = performance.now();
        nowIfAborted(`Whether job ${jobId} was submitted, \`manyhands status ${jobId}\` tells.`);
        await submitJob(cloud, { ...request, requestId: jobId }, signal);
        const job = await readRemoteJob(cloud, jobId);
        const split = performance.now() - startUp;
        const result = await collect(cloud, job, run);
        return { ...result, phasesMs: { ...result.phasesMs, startUp, split } };
      }),
    );
  };
}

/** Follows a job that was submitted and fetches what it gave. Throws InterruptedError. */
export function collect(cloud: Cloud, job: StoredJob, watch: Watch): Promise<RunResult> {
  const { folder, progress, signal } = watch;
  const { jobId } = job;
  const startUp = performance.now();
  const { stack } = cloud.deployment;
  const running = `Detached: job ${jobId} goes on in stack ${stack}.\n  manyhands attach ${jobId}   picks it up again\n  manyhands status ${jobId}   tells how far it is`;
  return orDetached(watch, running, async (nowIfAborted) => {
    const { summary, coveredAtMs } = await follow(cloud, job, progress, signal);
    const endedAtMs = performance.now();
    nowIfAborted(
      `Interrupted: job ${jobId} has ended, \`manyhands fetch ${jobId}\` brings the rest of its results.`,
    );
    const { total } = gridOf(job.spec);
    progress.counted({ done: total - summary.chunks.failed, failed: summary.chunks.failed, active: 0 });
    const fetched = summary.storedBytes > FETCHED_BYTES ? "pictures" : "all";
    await download(cloud, job, fetched, mountsOf(jobId, folder), {
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

/** Runs the action; where it is interrupted, says what holds at that time of the job. */
async function orDetached<Result>(
  { signal }: Watch,
  first: string,
  action: (nowIfAborted: (sentence: string) => void) => Promise<Result>,
): Promise<Result> {
  let sentence = first;
  try {
    return await unlessAborted(signal, () =>
      action((then) => {
        sentence = then;
      }),
    );
  } catch (error) {
    if (!signal.aborted || error instanceof InterruptedError) throw error;
    throw new InterruptedError(sentence);
  }
}
