import { setTimeout as sleep } from "node:timers/promises";
import { layoutOf } from "../../shared/array/layout.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { isEmpty, isIdle } from "../../shared/ports/queue.ts";
import type { StoreReader } from "../../shared/ports/store.ts";
import { type Counted, isUnattended } from "../../shared/record/attendance.ts";
import { readSubmission } from "../../shared/record/control.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import type { Segments } from "../../shared/record/segments.ts";
import { readStanding } from "../../shared/record/standing.ts";
import { readSummary, type Summary } from "../../shared/record/summary.ts";
import { commandLine } from "../../shared/validation/command-line.ts";
import { ManyhandsError } from "../../shared/validation/errors.ts";
import type { Asker } from "./patience.ts";
import type { Remote } from "./remote.ts";

/**
 * The pause between two looks is at least this many times the duration of a look, so that a large job is looked at less often: the
 * shorter of the latest two, since one may have waited for a network.
 */
const PAUSE_PER_LOOK = 3;
/** While no worker is there the pauses grow: a user may leave this open for days, and each look may cost requests. */
const PAUSE_GROWTH = 1.5;
/** The number of further looks at a job that ended without some chunks, while queues are still busy. */
const LATE_LOOKS = 20;
/** After this number of looks without any change, a job whose submission has not ended counts as abandoned. */
const PATIENT_LOOKS = 20;
/**
 * The same limit once all chunks are accounted for: then the command wakes the aggregator instead of waiting for the
 * check in the queue.
 */
const COVERED_LOOKS = 3;
/** The limit for silent queues: SQS's counts are late by a minute or so. */
const SILENT_LOOKS = 90;

/** The job was submitted and will not end by itself. */
class AbandonedJobError extends ManyhandsError {
  override readonly name = "AbandonedJobError";
  /** Not bad input: the command that follows the job was called correctly. */
  readonly permanent = false;
}

export interface RemoteProgress {
  counted(state: Counted): void;
  looked?(at: { readonly store: Pick<StoreReader, "get">; readonly segments: Segments }): void;
}

export interface Followed {
  readonly summary: Summary;
  /** The time (monotonic ms) at which every chunk was first seen to be stored or failed. */
  readonly coveredAtMs: number;
}

export interface FollowOptions {
  readonly signal: AbortSignal;
  readonly ask: Asker;
}

export type Followable = Pick<
  Remote,
  "engine" | "site" | "store" | "pauses" | "countedMs" | "queues" | "check"
>;

/**
 * Watches a job until it has ended: counts the chunks that its keys in the store account for, and the messages in work,
 * which is about the number of workers. If nothing is under way any more and the job has not ended, has the aggregator
 * settle it. Rejects when the signal is aborted, with StageError if the aggregator fails, and with AbandonedJobError if
 * no message is left to continue the job.
 */
export async function follow(
  remote: Followable,
  job: StoredJob,
  progress: RemoteProgress,
  { signal, ask }: FollowOptions,
): Promise<Followed> {
  const { jobId, spec, submittedAtMs } = job;
  const { total } = layoutOf(spec);
  let coveredAtMs: number | undefined;
  let idleLooks = 0;
  const { pauses, store } = remote;
  let waitMs = pauses.first / PAUSE_GROWTH;
  const beganMs = performance.now();
  let formerLookMs = 0;
  for (let lateLooks = 0; ; ) {
    signal.throwIfAborted();
    const looked = performance.now();
    const [{ done, failed, seemsCovered, control, segments }, queues] = await ask(() =>
      Promise.all([readStanding(store, jobId, total), remote.queues(job)]),
    );
    const idle = isEmpty(queues.chunks) && isIdle(queues.results);
    // A later round may have been sent just now.
    const sinceMs = control.round > 0 ? performance.now() - beganMs : Date.now() - submittedAtMs;
    const isOver = seemsCovered || control.isCancelled;
    const isAlone = !isOver && isUnattended(queues.chunks, sinceMs, remote.countedMs);
    progress.counted({ done, failed, active: queues.chunks.inFlight, isUnattended: isAlone });
    progress.looked?.({ store, segments });
    if (isOver) {
      coveredAtMs ??= performance.now();
      const summary = await ask(() => readSummary(store, jobId));
      // A dead letter may overtake the reports of earlier attempts; the aggregator writes the summary again with each
      // report.
      const settled = summary?.state === "complete" || idle || ++lateLooks >= LATE_LOOKS;
      if (summary?.round === control.round && settled) return { summary, coveredAtMs };
    }
    idleLooks = idle ? idleLooks + 1 : 0;
    if (idleLooks > 0) await ask(() => expectAlive(remote, jobId, control.round, idleLooks));
    if (idleLooks > 0 && idleLooks % (isOver ? COVERED_LOOKS : SILENT_LOOKS) === 0)
      await ask(() => remote.check({ jobId, round: control.round, turn: 0, isIdle: true }));
    waitMs = Math.min(PAUSE_GROWTH * waitMs, isAlone ? pauses.longest : pauses.usual);
    const lookMs = performance.now() - looked;
    await sleep(Math.max(waitMs, PAUSE_PER_LOOK * Math.min(lookMs, formerLookMs)), undefined, { signal });
    formerLookMs = lookMs;
  }
}

/** No message is in work: is one still to come? Throws AbandonedJobError if not even a check message is left. */
async function expectAlive(
  { engine, site, store }: Followable,
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
      ? `\`${commandLine("resume", jobId, "--engine", engine, ...site.options)}\` sends the rest`
      : `submit the same request with --job-id ${jobId} again, then the rest is sent`;
  throw new AbandonedJobError(
    `Expected the splitter to send every message of job ${jobId}, it broke off: ${again}.`,
  );
}
