import type { SQSBatchItemFailure } from "aws-lambda";
import { MAX_RECEIVE_COUNT } from "../validation/env.ts";
import { describeError, InvalidInputError, NewerVersionError } from "../validation/errors.ts";
import type { ReceivedRecord, SqsQueue } from "./aws/sqs-queue.ts";
import { rejectedKey } from "./keys.ts";
import { putJson, type Store } from "./store.ts";

/** A message of a newer version waits for a deployment, not for a disturbance to pass: by default 60 s, up to twice as long. */
const DEPLOYMENT_FACTOR = 30;

/**
 * The record's message, or undefined where no version could mean it: then it is kept under `rejected/`. Throws
 * NewerVersionError, which is for `handBack`.
 */
export async function parseOrReject<Message>(
  record: ReceivedRecord,
  parseBody: (body: string) => Message,
  store: Store,
): Promise<Message | undefined> {
  try {
    return parseBody(record.body);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const { messageId, eventSourceARN, body } = record;
    await putJson(store, rejectedKey(messageId), {
      messageId,
      eventSourceARN,
      reason: describeError(error),
      body,
    });
    return undefined;
  }
}

/**
 * Hands a record back to its queue: the mapping's answer for it, after hiding it for some seconds, so that a
 * retry does not wait out the visibility timeout. The time doubles with each attempt, so that the attempts
 * outlast a disturbance, and is jittered, so that many retries do not come at once. `reason` is what went wrong: after a
 * NewerVersionError all attempts together last longer than a deployment.
 */
export async function handBack(
  record: ReceivedRecord,
  queue: SqsQueue,
  retryAfterSeconds: number,
  reason?: unknown,
): Promise<SQSBatchItemFailure> {
  const attempts = Number(record.attributes.ApproximateReceiveCount);
  const factor = reason instanceof NewerVersionError ? DEPLOYMENT_FACTOR : 2 ** (attempts - 1);
  const pause = retryAfterSeconds * factor * (1 + Math.random());
  // After the last attempt there is nothing to wait for: the message is to become a dead letter.
  const seconds = attempts < MAX_RECEIVE_COUNT ? Math.round(pause) : 0;
  try {
    await queue.postpone(record.receiptHandle, seconds);
  } catch {
    // The visibility timeout brings the message back too, only later.
  }
  return { itemIdentifier: record.messageId };
}

/** What `handBack` hides a record for at the most: before the last attempt, with all of the jitter. */
export function longestPauseSeconds(retryAfterSeconds: number): number {
  return retryAfterSeconds * 2 ** (MAX_RECEIVE_COUNT - 1);
}
