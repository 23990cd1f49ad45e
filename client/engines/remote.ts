import { setTimeout as sleep } from "node:timers/promises";
import { layoutOf } from "../../shared/array/layout.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { commandLine } from "../../shared/validation/command-line.ts";
import { describeError } from "../../shared/validation/errors.ts";
import type { JobPlace } from "../jobs/job-store.ts";
import { download } from "../remote/download.ts";
import { follow } from "../remote/follow.ts";
import { type Asker, ConnectionLostError, type Patience, patientAsker } from "../remote/patience.ts";
import { PlaceError } from "../remote/place-error.ts";
import { RecallableObjects } from "../remote/recallable-objects.ts";
import type { Remote } from "../remote/remote.ts";
import { readRemoteJob } from "../remote/remote-job.ts";
import { StageError } from "../remote/stage-error.ts";
import { unlessAborted } from "../remote/unless-aborted.ts";
import { withKernel } from "../remote/upload-kernel.ts";
import {
  DetachedError,
  InterruptedError,
  mountsOf,
  type Runner,
  type RunResult,
  splitterEvent,
  type Watch,
  type WithRemote,
} from "./engine.ts";

/** Larger arrays are fetched when they are asked for, not along with the rest: they take time, and cost egress. */
const FETCHED_BYTES = 2 ** 30;

/** Runs jobs in a place where they outlive this process. Ctrl-C leaves the job running there, and so does a connection that stays broken. */
export function remoteEngine(withRemote: WithRemote, place: JobPlace, patience?: Patience): Runner {
  return async (run) => {
    const { jobId, signal, workers } = run;
    const hands = { workers, hash: (run.request as Partial<JobRequest>).hash };
    let uploaded: RecallableObjects | undefined;
    const submitted = orDetached(run, "Nothing was submitted.", (ifAborted, grace) =>
      withRemote(
        place,
        async (remote) => {
          grace.ms = remote.graceMs ?? 0;
          const { handedTo } = remote;
          const request = { ...run.request, ...(handedTo && (await run.plan?.(handedTo))) };
          signal.throwIfAborted();
          const startUp = performance.now();
          const status = commandLine("status", jobId, ...remote.site.options);
          const ask = askerFor(remote, run, patience);
          const objects = new RecallableObjects(remote);
          uploaded = objects;
          // Refused, or brought there, before anything is stored for the job itself.
          const event = await ask(() => withKernel(remote, splitterEvent({ jobId, request })));
          try {
            await ask(async () => run.prepare?.(objects));
            signal.throwIfAborted();
          } catch (error) {
            await objects.takeBack(); // here too, as the clients go afterwards
            throw error;
          }
          uploaded = undefined;
          ifAborted(`Interrupted. This tells whether job ${jobId} was submitted:\n  ${status}`);
          await ask(() => remote.submit(event as Parameters<Remote["submit"]>[0], signal)).catch(
            async (error: unknown) => {
              if (error instanceof StageError) await objects.takeBack();
              throw error;
            },
          );
          sayDetached(remote, jobId, ifAborted);
          const job = await ask(() => readRemoteJob(remote, jobId));
          const split = performance.now() - startUp;
          const result = await followAndFetch(remote, job, run, ifAborted, ask);
          return { ...result, phasesMs: { ...result.phasesMs, startUp, split } };
        },
        hands,
      ),
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
export function collect(
  remote: Remote,
  job: StoredJob,
  watch: Watch,
  patience?: Patience,
): Promise<RunResult> {
  return orDetached(watch, "", (ifAborted, grace) => {
    grace.ms = remote.graceMs ?? 0;
    return followAndFetch(remote, job, watch, ifAborted, askerFor(remote, watch, patience));
  });
}

/** Takes what is to be said if the run is interrupted from now on, and how the job stands then. */
type IfAborted = (sentence: string, job?: "running" | "ended") => void;

function askerFor(remote: Remote, { progress, signal }: Watch, patience: Patience | undefined): Asker {
  const onLost = (isLost: boolean) => progress.lost(isLost);
  return patientAsker(remote, { signal, onLost, patience });
}

function sayDetached({ name, engine, site, endsWithUs }: Remote, jobId: string, ifAborted: IfAborted): void {
  if (endsWithUs) {
    const gone = `Interrupted: job ${jobId} is gone with the Redis that this command had started. --redis names one that stays.`;
    ifAborted(gone);
    return;
  }
  const command = (word: string, ...options: string[]) =>
    `  ${commandLine(word, jobId, ...options, ...site.options)}`;
  ifAborted(
    [
      `Detached: job ${jobId} goes on in ${name}. This picks it up again:`,
      command("attach"),
      "This tells how far it is:",
      command("status", "--engine", engine),
    ].join("\n"),
    "running",
  );
}

async function followAndFetch(
  remote: Remote,
  job: StoredJob,
  { folder, progress, signal, onWarning }: Watch,
  ifAborted: IfAborted,
  ask: Asker,
): Promise<RunResult> {
  const { jobId } = job;
  const startUp = performance.now();
  const unattended = onWarning && (await ask(async () => remote.unattended?.(job)));
  if (unattended) onWarning(unattended);
  const leave = remote.attend?.();
  sayDetached(remote, jobId, ifAborted);
  const followed = follow(remote, job, progress, { signal, ask });
  const { summary, coveredAtMs } = await followed.catch(async (error: unknown) => {
    await leave?.();
    throw error;
  });
  const left = leave?.();
  const endedAtMs = performance.now();
  const { endsWithUs = false, site } = remote;
  const fetch = commandLine("fetch", jobId, ...site.options);
  if (!endsWithUs)
    ifAborted(
      `Interrupted: job ${jobId} has ended. This brings the rest of its results:\n  ${fetch}`,
      "ended",
    );
  const { failed } = summary.chunks;
  progress.counted({ done: layoutOf(job.spec).total - failed, failed, active: 0 });
  const fetched = endsWithUs || summary.storedBytes <= FETCHED_BYTES ? "all" : "pictures";
  await download(remote, job, fetched, mountsOf(jobId, folder), {
    signal,
    ask,
    onProgress: ({ objects, of }) => progress.fetching(objects, of),
  });
  await left;
  return {
    summary,
    fetched,
    ...(!endsWithUs && { site }),
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
  action: (ifAborted: IfAborted, grace: Grace) => Promise<Result>,
): Promise<Result> {
  let said = first;
  let standing: "running" | "ended" | undefined;
  const ifAborted: IfAborted = (sentence, job) => {
    said = sentence;
    standing = job;
  };
  const grace: Grace = { ms: 0 };
  let acting: Promise<unknown> | undefined;
  try {
    return await unlessAborted(signal, () => {
      const result = action(ifAborted, grace);
      acting = result.catch(() => {});
      return result;
    });
  } catch (error) {
    if (grace.ms > 0) await Promise.race([acting, sleep(grace.ms)]);
    if (signal.aborted) throw new InterruptedError(said, standing === "running");
    // Once the job is there, even a refusal is no bad input, which would say that nothing was started.
    const isCutOff = error instanceof ConnectionLostError || (standing && error instanceof PlaceError);
    if (!isCutOff) throw error;
    throw new DetachedError(`${describeError(error)}\n${said}`, false, { cause: error });
  }
}

/** How long what was begun is waited for. */
interface Grace {
  ms: number;
}
