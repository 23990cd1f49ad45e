import { setTimeout as sleep } from "node:timers/promises";
import { layoutOf } from "../../shared/array/layout.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { isIdle } from "../../shared/ports/queue.ts";
import { readSubmission } from "../../shared/record/control.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { readStanding } from "../../shared/record/standing.ts";
import { readSummary, type Summary } from "../../shared/record/summary.ts";
import { commandLine, stackOption } from "../../shared/validation/command-line.ts";
import { ManyhandsError } from "../../shared/validation/errors.ts";
import type { Cloud } from "./cloud.ts";
import { invokeCheck } from "./invoke.ts";
import type { Asker } from "./patience.ts";
import { sharedQueues } from "./remote-job.ts";

/** Between two looks, and never less than a look took times this: a large job is looked at less often. */
const PAUSE_MS = 1000;
const PAUSE_PER_LOOK = 3;
/** How often a job that ended without some chunks is looked at again while queues are still busy. */
const LATE_LOOKS = 20;
/** How long nothing may happen before a job whose submission has not ended counts as abandoned. */
const PATIENT_LOOKS = 20;
/** The same where nothing is left to come: then the aggregator is woken, and a check in the queue need not be waited for. */
const COVERED_LOOKS = 3;
/** SQS counts late, by a minute or so. */
const SILENT_LOOKS = 90;

/** A job that was submitted will not end by itself. */
class AbandonedJobError extends ManyhandsError {
  override readonly name = "AbandonedJobError";
  /** Of the command that follows it: nothing was wrong with what it was asked for. */
  readonly permanent = false;
}

export interface RemoteProgress {
  counted(state: { readonly done: number; readonly failed: number; readonly active: number }): void;
}

export interface Followed {
  readonly summary: Summary;
  /** When (monotonic ms) every chunk was first seen to be stored or failed. */
  readonly coveredAtMs: number;
}

export interface FollowOptions {
  readonly signal: AbortSignal;
  readonly ask: Asker;
  readonly pauseMs?: number;
}

/**
 * Watches a job until it ended: how many chunks its keys in the store account for, and how many messages are being
 * worked on, which is about the number of workers. Where nothing is under way any more and the job has not ended, it has the
 * aggregator settle the job. Rejects when the signal is aborted, where the aggregator cannot, with StageError, and where nobody
 * goes on with the job, with AbandonedJobError.
 */
export async function follow(
  cloud: Cloud,
  { jobId, spec }: StoredJob,
  progress: RemoteProgress,
  { signal, ask, pauseMs = PAUSE_MS }: FollowOptions,
): Promise<Followed> {
  const { total } = layoutOf(spec);
  let coveredAtMs: number | undefined;
  let idleLooks = 0;
  for (let lateLooks = 0; ; ) {
    signal.throwIfAborted();
    const looked = performance.now();
    const [{ done, failed, seemsCovered, control }, queues] = await ask(() =>
      Promise.all([readStanding(cloud.store, jobId, total), sharedQueues(cloud)]),
    );
    const idle = isIdle(queues.chunks) && isIdle(queues.results);
    progress.counted({ done, failed, active: queues.chunks.inFlight });
    const isOver = seemsCovered || control.isCancelled;
    if (isOver) {
      coveredAtMs ??= performance.now();
      const summary = await ask(() => readSummary(cloud.store, jobId));
      // A dead letter may overtake the reports of earlier attempts; with each that arrives the summary is written again.
      const settled = summary?.state === "complete" || idle || ++lateLooks >= LATE_LOOKS;
      if (summary?.round === control.round && settled) return { summary, coveredAtMs };
    }
    idleLooks = idle ? idleLooks + 1 : 0;
    if (idleLooks > 0) await ask(() => expectAlive(cloud, jobId, control.round, idleLooks));
    if (idleLooks > 0 && idleLooks % (isOver ? COVERED_LOOKS : SILENT_LOOKS) === 0)
      await ask(() => invokeCheck(cloud, { jobId, round: control.round, turn: 0, isIdle: true }));
    await sleep(Math.max(pauseMs, PAUSE_PER_LOOK * (performance.now() - looked)), undefined, { signal });
  }
}

/** Nothing is on its way: is anything still to come? Throws AbandonedJobError where not even a check message is. */
async function expectAlive(
  { store, deployment }: Cloud,
  jobId: string,
  round: number,
  idleLooks: number,
): Promise<void> {
  if (!(await store.get(jobKeys(jobId).job))) {
    throw new AbandonedJobError(
      `Expected job ${jobId} to be in the store until it ends, it was deleted meanwhile.`,
    );
  }
  if (idleLooks < PATIENT_LOOKS || (await readSubmission(store, jobId, round))) return;
  const again =
    round > 0
      ? `\`${commandLine("resume", jobId, "--engine", "aws", ...stackOption(deployment.stack))}\` sends the rest`
      : `submit the same request with --job-id ${jobId} again, then the rest is sent`;
  throw new AbandonedJobError(
    `Expected the splitter to send every message of job ${jobId}, it broke off: ${again}.`,
  );
}
