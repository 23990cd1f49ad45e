/** What becomes of messages that cannot be parsed, or not be worked on now. */
import { MAX_RECEIVE_COUNT } from "../validation/env.ts";
import { describeError, InvalidInputError, NewerVersionError } from "../validation/errors.ts";
import { rejectedKey } from "./keys.ts";
import type { Inbox, Received } from "./queue.ts";
import { putJson, type Store } from "./store.ts";

/** A message of a newer version waits for a deployment, not for a disturbance to pass: by default 60 s, up to twice as long. */
const DEPLOYMENT_FACTOR = 30;

/**
 * What the message says, or undefined where no version could mean it: then it is kept under `rejected/`. Throws
 * NewerVersionError, which is for `handBack`.
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
 * Hands a message back to its queue, and hides it for some seconds, so that a retry does not wait out the visibility
 * timeout. The time doubles with each attempt, so that the attempts outlast a disturbance, and is jittered, so that many
 * retries do not come at once. `reason` is what went wrong: after a NewerVersionError all attempts together last longer than
 * a deployment. Never throws.
 */
export async function handBack(
  message: Received,
  inbox: Pick<Inbox, "postpone">,
  retryAfterSeconds: number,
  reason?: unknown,
): Promise<void> {
  const { receiveCount } = message;
  const factor = reason instanceof NewerVersionError ? DEPLOYMENT_FACTOR : 2 ** (receiveCount - 1);
  const seconds = Math.round(retryAfterSeconds * factor * (1 + Math.random()));
  try {
    // After the last attempt there is nothing to wait for: the message is to become a dead letter.
    await inbox.postpone(message, receiveCount < MAX_RECEIVE_COUNT ? 1000 * seconds : 0);
  } catch {
    // The visibility timeout brings the message back too, only later.
  }
}

/** What `handBack` hides a message for at the most: before the last attempt, with all of the jitter. */
export function longestPauseSeconds(retryAfterSeconds: number): number {
  return retryAfterSeconds * 2 ** (MAX_RECEIVE_COUNT - 1);
}
