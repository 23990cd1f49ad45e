/** Handles messages that cannot be parsed, or cannot be worked on now. */
import { MAX_RECEIVE_COUNT } from "../validation/env.ts";
import {
  describeError,
  InvalidInputError,
  LackingKernelError,
  NewerVersionError,
} from "../validation/errors.ts";
import { rejectedKey } from "./keys.ts";
import type { Inbox, Outbox, Received } from "./queue.ts";
import { putJson, type Store } from "./store.ts";

/**
 * A message that this program is too old for, or lacks the kernel of, waits for a deployment, which takes longer than a disturbance:
 * 60 s by default, up to twice as long.
 */
const DEPLOYMENT_FACTOR = 30;

/** A message that others may do at once waits twice as long after this many rounds, and three times as long after as many more. */
const SHORT_ROUNDS = 8;
/**
 * How often a message is handed on before its chunks fail: with its pauses, a day in which workers were there and none could do it. Counted
 * and not timed, so that no wrong clock ends a job, and time without workers does not count. While it goes round, checks of other jobs wait.
 */
export const MOST_HANDED_ON = 960;

/** What became of a message at one of its deliveries. */
export interface Worked {
  /** Absent where the message could not be parsed. */
  readonly jobId?: string | undefined;
  readonly chunks: number;
  /** True where it was handed back to be delivered again. */
  readonly retry: boolean;
  /** True where its job's limit has no seat for this worker. */
  readonly isSeatless?: boolean | undefined;
}

/** What an event has beside messages that a standing worker is given together; a mapping sends none. */
export interface GivenTogether {
  /** No message but the first is begun after this long (ms), since others may work it. */
  readonly budgetMs: number;
}

/** The ids of messages that were handed back, as a mapping is told of them, and of those that were not begun. */
export interface WorkedTogether {
  readonly batchItemFailures: { itemIdentifier: string }[];
  readonly unbegun: readonly string[];
}

/**
 * The parsed message, or undefined if no version could mean it: then it is stored under `rejected/`. Throws
 * NewerVersionError, which the caller passes to `handBack`.
 */
export async function parseOrReject<Message>(
  { id, queue, body }: Received,
  parseBody: (body: string) => Message,
  store: Pick<Store, "put">,
): Promise<Message | undefined> {
  try {
    return parseBody(body);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const reason = describeError(error);
    await putJson(store, rejectedKey(id), { messageId: id, eventSourceARN: queue, reason, body });
    return undefined;
  }
}

/**
 * Hands a message back to its queue after `reason`, and hides it for some seconds, so that the retry does not wait for
 * the visibility timeout. The pause doubles with each attempt, so that the attempts outlast a disturbance. It is
 * jittered, so that retries spread. Where `isForOthers` holds all attempts together last longer than a deployment.
 * Never throws.
 * @example
 * await handBack(message, inbox, 2, error); // comes again in 2 to 4 s
 */
export async function handBack(
  message: Received,
  inbox: Pick<Inbox, "postpone">,
  retryAfterSeconds: number,
  reason?: unknown,
): Promise<void> {
  const { receiveCount } = message;
  const factor = isForOthers(reason) ? DEPLOYMENT_FACTOR : 2 ** (receiveCount - 1);
  const seconds = Math.round(retryAfterSeconds * factor * (1 + Math.random()));
  try {
    // No pause after the last attempt: the message becomes a dead letter.
    await inbox.postpone(message, receiveCount < MAX_RECEIVE_COUNT ? 1000 * seconds : 0);
  } catch {
    // The visibility timeout also brings the message back, only later.
  }
}

/** Whether another program may do what this one cannot, for that reason. */
export function isForOthers(reason: unknown): boolean {
  return reason instanceof NewerVersionError || reason instanceof LackingKernelError;
}

/**
 * Gives a message that `isForOthers` to the queue's other workers, with the number of times that this happened. It is hidden for some
 * seconds at first, since the next worker may do it, and longer each time, until it is as long as by `handBack`: this worker, too, would
 * receive it again. One that was delivered before is only hidden, and that delivery counts: so the retries of a message that kills its workers
 * end, and so does one that no worker can do, which at its last delivery is sent anew and counted. Never throws.
 */
export async function handOn(
  message: Received,
  { chunks, inbox }: { readonly chunks: Outbox; readonly inbox: Pick<Inbox, "acknowledge" | "postpone"> },
  retryAfterSeconds: number,
): Promise<void> {
  const { body, receiveCount } = message;
  const factor = Math.min(1 + timesHandedOn(body) / SHORT_ROUNDS, DEPLOYMENT_FACTOR);
  const seconds = retryAfterSeconds * factor * (1 + Math.random());
  const isAnew = receiveCount === 1 || receiveCount >= MAX_RECEIVE_COUNT;
  try {
    if (!isAnew) return await inbox.postpone(message, 1000 * seconds);
    const passed = { ...JSON.parse(body), handedOn: timesHandedOn(body) + 1 };
    await chunks.send([JSON.stringify(passed)], { delaySeconds: Math.round(seconds) });
    await inbox.acknowledge([message]);
  } catch {
    // The visibility timeout also brings the message back, only later.
  }
}

/** As a message of any version says; 0 for a text that says nothing. */
export function timesHandedOn(body: string): number {
  try {
    const { handedOn } = JSON.parse(body);
    return Number.isSafeInteger(handedOn) ? handedOn : 0;
  } catch {
    return 0;
  }
}

/** The longest time that `handBack` hides a message: before the last attempt, with all of the jitter. */
export function longestPauseSeconds(retryAfterSeconds: number): number {
  return retryAfterSeconds * 2 ** (MAX_RECEIVE_COUNT - 1);
}
