import type { SQSBatchItemFailure } from "aws-lambda";
import { MAX_RECEIVE_COUNT } from "../env.ts";
import { describeError, InvalidInputError } from "../errors.ts";
import { rejectedKey } from "../keys.ts";
import { putJson, type Store } from "../stores/store.ts";
import type { ReceivedRecord, SqsQueue } from "./sqs-queue.ts";

/** The record's message, or undefined where nobody can parse it: then it is kept under `rejected/`. */
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
 * outlast a disturbance, and is jittered, so that many retries do not come at once.
 */
export async function handBack(
  record: ReceivedRecord,
  queue: SqsQueue,
  retryAfterSeconds: number,
): Promise<SQSBatchItemFailure> {
  const attempts = Number(record.attributes.ApproximateReceiveCount);
  const pause = retryAfterSeconds * 2 ** (attempts - 1) * (1 + Math.random());
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
