/** What one request carries. */

/** SQS: messages that are sent, received or deleted together, at most. */
export const MESSAGES_A_REQUEST = 10;
/** SQS: the longest that a message is delayed when it is sent. */
export const LONGEST_DELAY_SECONDS = 900;
/** S3: keys that one answer to a listing has, at most. */
export const KEYS_A_LIST = 1_000;
/** S3: a larger object is stored in parts of this size. */
export const PART_BYTES = 8 * 2 ** 20;
