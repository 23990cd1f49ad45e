/**
 * Decides a check of a job whose reports may have stopped coming: the job ends in any case, and few chunks are computed
 * twice.
 */

import { layoutOf } from "../../shared/array/layout.ts";
import { type CheckMessage, checkMessage } from "../../shared/messages/chunk-report.ts";
import { longestPauseSeconds } from "../../shared/ports/delivery.ts";
import type { QueueDepth } from "../../shared/ports/queue.ts";
import { LONGEST_DELAY_SECONDS } from "../../shared/ports/request-limits.ts";
import { isCancelled, readControl, readSubmission } from "../../shared/record/control.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { readStanding, type Standing } from "../../shared/record/standing.ts";
import { DEFAULT_RETRY_AFTER_SECONDS } from "../../shared/validation/env.ts";
import { finishIfOver, readJob, readLedger } from "./aggregate.ts";
import type { Finished } from "./finish.ts";
import { type AggregatePorts, chunksOf } from "./ports.ts";
import { MOST_REISSUES, reissue } from "./reissue.ts";
import { settle, settleStored } from "./settle.ts";

/**
 * The last check decides: with doubling delays that is about an hour and a half after no message waited any more. Two kinds are not
 * counted. Before one that finds messages waiting, workers may have been away for days, and may come. One that finds the queue empty
 * and new reports comes sooner, and eleven of those are over while workers still compute.
 */
export const CHECK_TURNS = 11;
/** While messages wait and no report comes, the next check comes as late again as that has lasted, up to this. */
const LONGEST_APART_MS = 4 * 3_600_000;
/** A clock's difference. */
const SOON_MS = 1000;
/** SQS keeps no message longer: what still waits in a queue that was never empty is of other jobs by then. */
const LONGEST_RETENTION_MS = 14 * 24 * 3_600_000;
/** A worker that takes this many times its message's estimate is a straggler. */
const STRAGGLER_FACTOR = 3;
/** A job gets at least this many times the first check's delay, even if its messages are short. */
const PATIENT_CHECKS = 2;
/** A chunk whose attempt failed waits for its next one, see handBack: it is neither lost nor late. */
const LONGEST_PAUSE_MS = 1000 * longestPauseSeconds(DEFAULT_RETRY_AFTER_SECONDS);
const LOST = "Neither a report nor an object of this chunk ever arrived";

/**
 * Finishes the job if it is over. Else, while messages wait in the queue, only sends the next check: they may be the job's. Once none
 * does, reissues chunks that seem lost or late; the last check settles every chunk without a report, whatever the store says. A check
 * of a round before the job's does nothing. If the sender says that the job is idle, the check does not wait and sends no next one:
 * its sender checks again.
 */
export async function check(message: CheckMessage, ports: AggregatePorts): Promise<Finished | undefined> {
  const { jobId, turn, round, ofJobMs, isIdle, waited = 0, notBeforeMs = 0 } = message;
  const { store } = ports;
  // It is sent again as it is: SQS delays a message for 15 minutes at the most.
  const earlyMs = notBeforeMs - ports.clock.epochMs();
  if (earlyMs > SOON_MS && !(await isCancelled(store, message))) return later(message, earlyMs / 1000, ports);
  const job = await readJob(jobId, store);
  if (ofJobMs !== undefined && ofJobMs !== job.submittedAtMs) return undefined;
  ports.looks?.forget(job);
  const { total } = layoutOf(job.spec);
  let control = await readControl(store, jobId);
  if (round < control.round) return undefined;
  // Where its limit does not pay for it, the round is cancelled now: what is set aside pays for the job's end.
  if (!control.isCancelled && !((await ports.paying?.allows(job, round, skipsOf(message))) ?? true))
    control = await readControl(store, jobId);
  // Chunks that were stored before the messages were drained will get no report any more.
  if (control.isCancelled)
    await settleStored(job, round, [...(await readLedger(job, store)).uncovered()], ports);
  const { finished, isOver, ...looked } = await finishIfOver(job, ports, control);
  if (isOver) return finished;
  const standing = looked.standing ?? (await readStanding(store, jobId, total));
  const depth = await chunksOf(job, ports).depth();
  // Its sender looked earlier, or SQS counted late.
  const isWaiting = depth.waiting + depth.delayed > 0;
  if (isIdle && isWaiting) return undefined;
  const { covered } = standing;
  const nowMs = ports.clock.epochMs();
  const quietSinceMs = message.covered === covered ? (message.quietSinceMs ?? nowMs) : nowMs;
  const heard = { ofJobMs, covered, quietSinceMs };
  const doubling = Math.min(ports.checkAfterSeconds * 2 ** (turn + waited + 1), LONGEST_DELAY_SECONDS);
  if (isWaiting && nowMs - quietSinceMs <= LONGEST_RETENTION_MS) {
    const apart = Math.min(nowMs - quietSinceMs, LONGEST_APART_MS) / 1000;
    const seconds = Math.max(doubling, apart - (apart % LONGEST_DELAY_SECONDS));
    const next = { jobId, round, turn, waited: waited + 1, ...heard, notBeforeMs: nowMs + 1000 * seconds };
    return later(next, seconds, ports);
  }
  const mayIssue = standing.control.reissues < MOST_REISSUES;
  if (turn + 1 >= CHECK_TURNS || (isIdle && !mayIssue)) {
    const ledger = await readLedger(job, store, standing);
    await settle(job, round, [...ledger.uncovered()], LOST, { ...ports, isLastWord: true });
    return (await finishIfOver(job, ports)).finished;
  }
  if (isIdle) {
    await issueAgain(job, standing, ports, { betweenAttempts: true });
    return (await finishIfOver(job, ports)).finished;
  }
  const { lookAfterMs, isChanged, ...found } = await lookForLost(job, message, standing, depth, ports);
  // Not a moment too early: the clock that looks then is another one.
  const delaySeconds = Math.min(doubling, Math.ceil(lookAfterMs / 1000) + 1);
  const isHeardOf = covered > (message.covered ?? Number.POSITIVE_INFINITY);
  const next = checkMessage({ jobId, round, turn: isHeardOf ? turn : turn + 1, ...heard, ...found });
  await ports.results.send([next], { delaySeconds });
  return isChanged ? (await finishIfOver(job, ports)).finished : undefined;
}

/** Sends the check, again or the next one: it comes after `seconds`, or before that. */
async function later(
  check: Parameters<typeof checkMessage>[0],
  seconds: number,
  { results }: AggregatePorts,
): Promise<undefined> {
  const delaySeconds = Math.min(Math.ceil(seconds), LONGEST_DELAY_SECONDS);
  await results.send([checkMessage(check)], { delaySeconds });
}

/** How often the check was sent again since the one before. */
function skipsOf({ notBeforeMs, quietSinceMs }: CheckMessage): number {
  if (notBeforeMs === undefined || quietSinceMs === undefined) return 0;
  const apartMs = Math.min((notBeforeMs - quietSinceMs) / 2, LONGEST_APART_MS);
  return Math.floor(apartMs / 1000 / LONGEST_DELAY_SECONDS);
}

/** What a check found, and what the next one should know. */
interface Look {
  /** When (epoch ms) no chunk was waiting for the first time, if none is. */
  readonly emptySinceMs?: number | undefined;
  /** Set where chunks were issued again: none of their messages is older. */
  readonly quietSinceMs?: number;
  /** When it makes sense to look again, if sooner than usual. */
  readonly lookAfterMs: number;
  /** True where lost reports were made up for. */
  readonly isChanged: boolean;
}

/**
 * Where no message of the job waits any more, a worker that takes much longer than its message should counts as a straggler: its
 * chunks are reissued. If no worker is busy, messages or reports were lost.
 */
async function lookForLost(
  job: StoredJob,
  { emptySinceMs, covered: coveredThen, round }: CheckMessage,
  standing: Standing,
  { inFlight }: QueueDepth,
  ports: AggregatePorts,
): Promise<Look> {
  const { clock, store, checkAfterSeconds } = ports;
  const later = { lookAfterMs: Number.POSITIVE_INFINITY, isChanged: false };
  const submission = await readSubmission(store, job.jobId, round);
  // The splitter may be sending still.
  if (!submission) return later;
  const nowMs = clock.epochMs();
  const { covered } = standing;
  // SQS's counts are late: while reports come, a worker is busy.
  const isQuiet = emptySinceMs !== undefined && coveredThen === covered;
  const sinceMs = isQuiet ? emptySinceMs : nowMs;
  const seen = { emptySinceMs: sinceMs };
  if (standing.control.reissues >= MOST_REISSUES) return { ...later, ...seen };
  const straggling = inFlight > 0 ? STRAGGLER_FACTOR * submission.longestMs : 0;
  const patienceMs = Math.max(straggling, PATIENT_CHECKS * 1000 * checkAfterSeconds);
  const leftMs = sinceMs + patienceMs - nowMs;
  if (leftMs > 0) return { ...seen, lookAfterMs: leftMs, isChanged: false };
  await issueAgain(job, standing, ports);
  return { emptySinceMs: nowMs, quietSinceMs: nowMs, lookAfterMs: patienceMs, isChanged: true };
}

/**
 * Chunks that are stored only lack their report; the others get a message of their own each, those that may be
 * `betweenAttempts` only where the caller knows that they are not.
 */
async function issueAgain(
  job: StoredJob,
  standing: Standing,
  ports: AggregatePorts,
  { betweenAttempts = false } = {},
): Promise<void> {
  const { round } = standing.control;
  const ledger = await readLedger(job, ports.store, standing);
  const absent = await settleStored(job, round, [...ledger.uncovered()], ports);
  const atMs = ports.clock.epochMs();
  const isLost = (chunk: number) => atMs - ledger.lastAttemptMs(chunk) > LONGEST_PAUSE_MS;
  await reissue(job, standing.control, betweenAttempts ? absent : absent.filter(isLost), ports);
}
