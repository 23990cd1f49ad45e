import { layoutOf } from "../../shared/array/layout.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { commandLine, stackOption } from "../../shared/validation/command-line.ts";
import { describeError } from "../../shared/validation/errors.ts";
import { printable } from "../../shared/validation/printable.ts";
import { BucketWriter } from "../cloud/bucket-writer.ts";
import { type Cloud, withCloud } from "../cloud/cloud.ts";
import { CloudError } from "../cloud/cloud-errors.ts";
import { download } from "../cloud/download.ts";
import { follow } from "../cloud/follow.ts";
import { submitJob } from "../cloud/invoke.ts";
import { type Asker, ConnectionLostError, type Patience, patientAsker } from "../cloud/patience.ts";
import { handedTo } from "../cloud/planned-deployment.ts";
import { readRemoteJob } from "../cloud/remote-job.ts";
import { StageError } from "../cloud/stage-error.ts";
import { unlessAborted } from "../cloud/unless-aborted.ts";
import { withKernel } from "../cloud/upload-kernel.ts";
import { siteOf } from "../jobs/deployment-site.ts";
import {
  DetachedError,
  InterruptedError,
  mountsOf,
  type Runner,
  type RunResult,
  splitterEvent,
  type Watch,
} from "./engine.ts";

/** Larger arrays are fetched when they are asked for, not along with the rest: they take time, and cost egress. */
const FETCHED_BYTES = 2 ** 30;

/**
 * A deployment of the stack, on AWS or on whatever AWS_ENDPOINT_URL names. Ctrl-C leaves the job running there, and so does a
 * connection that stays broken.
 */
export function awsEngine(stack: string, patience?: Patience): Runner {
  return async (run) => {
    const { jobId, signal } = run;
    let uploaded: BucketWriter | undefined;
    const submitted = orDetached(run, "Nothing was submitted.", (ifAborted) =>
      withCloud(stack, async (cloud) => {
        const request = { ...run.request, ...(await run.plan?.(handedTo(cloud))) };
        signal.throwIfAborted();
        const startUp = performance.now();
        const status = commandLine("status", jobId, ...stackOption(stack));
        const ask = askerFor(cloud, run, patience);
        const objects = new BucketWriter(cloud);
        uploaded = objects;
        // Refused, or brought there, before anything is stored for the job itself.
        const event = await ask(() => withKernel(cloud, splitterEvent({ jobId, request })));
        try {
          await ask(async () => run.prepare?.(objects));
          signal.throwIfAborted();
        } catch (error) {
          await objects.takeBack(); // here too, as the clients go afterwards
          throw error;
        }
        uploaded = undefined;
        ifAborted(`Interrupted. This tells whether job ${jobId} was submitted:\n  ${status}`);
        await ask(() => submitJob(cloud, event, signal)).catch(async (error: unknown) => {
          if (error instanceof StageError) await objects.takeBack();
          throw error;
        });
        sayDetached(cloud, jobId, ifAborted);
        const job = await ask(() => readRemoteJob(cloud, jobId));
        const split = performance.now() - startUp;
        const result = await followAndFetch(cloud, job, run, ifAborted, ask);
        return { ...result, phasesMs: { ...result.phasesMs, startUp, split } };
      }),
    );
    try {
      return await submitted;
    } catch (error) {
      await uploaded?.takeBack();
      throw error;
    }
  };
}

/** Follows a job that was submitted and fetches what it gave. Throws InterruptedError. */
export function collect(cloud: Cloud, job: StoredJob, watch: Watch, patience?: Patience): Promise<RunResult> {
  return orDetached(watch, "", (ifAborted) => {
    sayDetached(cloud, job.jobId, ifAborted);
    return followAndFetch(cloud, job, watch, ifAborted, askerFor(cloud, watch, patience));
  });
}

/** Takes what is to be said if the run is interrupted from now on, and how the job stands then. */
type IfAborted = (sentence: string, job?: "running" | "ended") => void;

function askerFor({ deployment }: Cloud, { progress, signal }: Watch, patience: Patience | undefined): Asker {
  const onLost = (isLost: boolean) => progress.lost(isLost);
  return patientAsker({ place: deployment.place, signal, onLost, patience });
}

function sayDetached({ deployment: { stack } }: Cloud, jobId: string, ifAborted: IfAborted): void {
  const command = (name: string, ...options: string[]) =>
    `  ${commandLine(name, jobId, ...options, ...stackOption(stack))}`;
  ifAborted(
    [
      `Detached: job ${jobId} goes on in stack ${printable(stack)}. This picks it up again:`,
      command("attach"),
      "This tells how far it is:",
      command("status", "--engine", "aws"),
    ].join("\n"),
    "running",
  );
}

async function followAndFetch(
  cloud: Cloud,
  job: StoredJob,
  { folder, progress, signal }: Watch,
  ifAborted: IfAborted,
  ask: Asker,
): Promise<RunResult> {
  const { jobId } = job;
  const startUp = performance.now();
  const { summary, coveredAtMs } = await follow(cloud, job, progress, { signal, ask });
  const endedAtMs = performance.now();
  const fetch = commandLine("fetch", jobId, ...stackOption(cloud.deployment.stack));
  ifAborted(`Interrupted: job ${jobId} has ended. This brings the rest of its results:\n  ${fetch}`, "ended");
  const { failed } = summary.chunks;
  progress.counted({ done: layoutOf(job.spec).total - failed, failed, active: 0 });
  const fetched = summary.storedBytes > FETCHED_BYTES ? "pictures" : "all";
  await download(cloud, job, fetched, mountsOf(jobId, folder), {
    signal,
    ask,
    onProgress: ({ objects, of }) => progress.fetching(objects, of),
  });
  return {
    summary,
    fetched,
    site: siteOf(cloud.deployment),
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
  let said = first;
  let standing: "running" | "ended" | undefined;
  const ifAborted: IfAborted = (sentence, job) => {
    said = sentence;
    standing = job;
  };
  try {
    return await unlessAborted(signal, () => action(ifAborted));
  } catch (error) {
    if (signal.aborted) throw new InterruptedError(said, standing === "running");
    // Once the job is there, even a refusal is no bad input, which would say that nothing was started.
    const isCutOff = error instanceof ConnectionLostError || (standing && error instanceof CloudError);
    if (!isCutOff) throw error;
    throw new DetachedError(`${describeError(error)}\n${said}`, false, { cause: error });
  }
}
