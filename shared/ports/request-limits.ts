/** What one request carries. */

/** SQS: messages that are sent, received or deleted together, at most. */
export const MESSAGES_A_REQUEST = 10;
/** SQS: the longest that a message is delayed when it is sent. */
export const LONGEST_DELAY_SECONDS = 900;
/** SQS bills a request once for each of these of its payload: https://aws.amazon.com/sqs/pricing/ */
const UNIT_BYTES = 64 * 1024;
/** S3: keys that one answer to a listing has, at most. */
export const KEYS_A_LIST = 1_000;
/** S3: a larger object is stored in parts of this size. */
export const PART_BYTES = 8 * 2 ** 20;

/** How many requests SQS bills for one with this payload. */
export function sqsUnits(payloadBytes: number): number {
  return Math.max(1, Math.ceil(payloadBytes / UNIT_BYTES));
}
