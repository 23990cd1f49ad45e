import type { SQSBatchItemFailure } from "aws-lambda";
import { MAX_RECEIVE_COUNT } from "../../validation/env.ts";
import { describeError, InvalidInputError, NewerVersionError } from "../../validation/errors.ts";
import { rejectedKey } from "../keys.ts";
import { putJson, type Store } from "../store.ts";
import type { ReceivedRecord, SqsQueue } from "./sqs-queue.ts";

/**
 * A message of a newer version waits for a deployment, which takes longer than a disturbance: 60 s by default, up to
 * twice as long.
 */
const DEPLOYMENT_FACTOR = 30;

/**
 * The record's message, or undefined if no version could mean it: then the record is stored under `rejected/`. Throws
 * NewerVersionError, which the caller passes to `handBack`.
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
 * Hands a record back to its queue after `reason`: hides it for some seconds, so that the retry does not wait for the
 * visibility timeout, and returns the mapping's answer for it. The pause doubles with each attempt, so that the
 * attempts outlast a disturbance. It is jittered, so that retries spread. After a NewerVersionError all attempts
 * together last longer than a deployment.
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
  // No pause after the last attempt: the message becomes a dead letter.
  const seconds = attempts < MAX_RECEIVE_COUNT ? Math.round(pause) : 0;
  try {
    await queue.postpone(record.receiptHandle, seconds);
  } catch {
    // The visibility timeout also brings the message back, only later.
  }
  return { itemIdentifier: record.messageId };
}

/** The longest time that `handBack` hides a record: before the last attempt, with all of the jitter. */
export function longestPauseSeconds(retryAfterSeconds: number): number {
  return retryAfterSeconds * 2 ** (MAX_RECEIVE_COUNT - 1);
}
