import { gridOf } from "../../shared/chunks.ts";
import { commandLine, stackOption } from "../../shared/command-line.ts";
import type { StoredJob } from "../../shared/job.ts";
import { printable } from "../../shared/printable.ts";
import { type Cloud, withCloud } from "../cloud/cloud.ts";
import { download } from "../cloud/download.ts";
import { follow } from "../cloud/follow.ts";
import { submitJob } from "../cloud/invoke.ts";
import { readRemoteJob } from "../cloud/remote-job.ts";
import { unlessAborted } from "../cloud/unless-aborted.ts";
import {
  type Engine,
  InterruptedError,
  mountsOf,
  type RunResult,
  splitterEvent,
  type Watch,
} from "./engine.ts";

/** Larger arrays are fetched when they are asked for, not along with the rest: they take time, and cost egress. */
const FETCHED_BYTES = 2 ** 30;

/** A deployment of the stack, on AWS or on whatever AWS_ENDPOINT_URL names. Ctrl-C leaves the job running there. */
export function awsEngine(stack: string): Engine {
  return (run) => {
    const { jobId, signal } = run;
    return orDetached(run, "Nothing was submitted.", (ifAborted) =>
      withCloud(stack, async (cloud) => {
        const startUp = performance.now();
        const status = commandLine("status", jobId, ...stackOption(stack));
        ifAborted(`Interrupted. This tells whether job ${jobId} was submitted:\n  ${status}`);
        await submitJob(cloud, splitterEvent(run), signal);
        const job = await readRemoteJob(cloud, jobId);
        const split = performance.now() - startUp;
        const result = await followAndFetch(cloud, job, run, ifAborted);
        return { ...result, phasesMs: { ...result.phasesMs, startUp, split } };
      }),
    );
  };
}

/** Follows a job that was submitted and fetches what it gave. Throws InterruptedError. */
export function collect(cloud: Cloud, job: StoredJob, watch: Watch): Promise<RunResult> {
  return orDetached(watch, "", (ifAborted) => followAndFetch(cloud, job, watch, ifAborted));
}

/** Takes what is to be said if the run is interrupted from now on, and whether the job goes on then. */
type IfAborted = (sentence: string, goesOn?: boolean) => void;

async function followAndFetch(
  cloud: Cloud,
  job: StoredJob,
  { folder, progress, signal }: Watch,
  ifAborted: IfAborted,
): Promise<RunResult> {
  const { jobId } = job;
  const startUp = performance.now();
  const { stack } = cloud.deployment;
  const command = (name: string) => `  ${commandLine(name, jobId, ...stackOption(stack))}`;
  ifAborted(
    [
      `Detached: job ${jobId} goes on in stack ${printable(stack)}. This picks it up again:`,
      command("attach"),
      "This tells how far it is:",
      command("status"),
    ].join("\n"),
    true,
  );
  const { summary, coveredAtMs } = await follow(cloud, job, progress, signal);
  const endedAtMs = performance.now();
  ifAborted(`Interrupted: job ${jobId} has ended. This brings the rest of its results:\n${command("fetch")}`);
  const { failed } = summary.chunks;
  progress.counted({ done: gridOf(job.spec).total - failed, failed, active: 0 });
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
}

/** Runs the action; where it is interrupted, says what holds of the job at that time. */
async function orDetached<Result>(
  { signal }: Watch,
  first: string,
  action: (ifAborted: IfAborted) => Promise<Result>,
): Promise<Result> {
  let interrupted = new InterruptedError(first);
  const ifAborted: IfAborted = (sentence, goesOn) => {
    interrupted = new InterruptedError(sentence, goesOn);
  };
  try {
    return await unlessAborted(signal, () => action(ifAborted));
  } catch (error) {
    if (!signal.aborted) throw error;
    throw interrupted;
  }
}
