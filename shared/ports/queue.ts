/** Where a stage puts messages for the next one. Delivery is at least once and in no particular order. */
export interface Outbox {
  /**
   * Sends every body and returns their number; takes bodies from the iterable only as fast as the queue accepts them.
   * Throws QueueSendError if the queue refuses some for good; others may have been sent.
   */
  send(bodies: Iterable<string>, options?: { readonly delaySeconds?: number }): Promise<number>;
}

/** A message as its queue delivers it. */
export interface Received {
  /** The same at each of its deliveries. */
  readonly id: string;
  readonly body: string;
  /** Which of its deliveries this is, counted from 1. */
  readonly receiveCount: number;
  /** What the queue knows this delivery by; it means nothing to others. */
  readonly handle: string;
  /** The queue's own name for itself. */
  readonly queue: string;
}

/**
 * Where messages are taken from. A message that is received is hidden from other receivers for a while, the queue's visibility
 * timeout, and is delivered again after that unless it is acknowledged. One that was delivered too often becomes a dead letter.
 */
export interface Inbox {
  /**
   * At most `most` messages, fewer where the queue gives no more at a time. Waits for the first about `waitMs`, longer where
   * the queue cannot wait so shortly; none where there was none by then. Without a wait (0) a queue may miss messages that it
   * holds: SQS then asks only some of its servers.
   */
  receive(most: number, waitMs: number): Promise<readonly Received[]>;
  /** From now on no one waits: a wait that is under way ends soon, with what it has. Absent where a queue cannot end one. */
  endWaits?(): void;
  /** Removes messages that are done. What cannot be removed is delivered again. */
  acknowledge(messages: readonly Received[]): Promise<void>;
  /**
   * Hides a received message for `ms` from now, in place of its visibility timeout: 0 gives it to others at once, and who works
   * long on it calls this again and again.
   */
  postpone(message: Received, ms: number): Promise<void>;
  /**
   * Gives messages that were not begun to others, after `ms`. A first delivery, and the last one that a message has, count as if
   * they had not been; where a queue cannot take back the others, they count.
   */
  release(messages: readonly Received[], ms: number): Promise<void>;
}

/** About how many messages a queue holds; SQS counts them within a minute or so. */
export interface QueueDepth {
  readonly waiting: number;
  /** In work, or postponed after a failure. */
  readonly inFlight: number;
  readonly delayed: number;
}

/** True if there is none at all. */
export const isEmpty = (depth: QueueDepth): boolean => isIdle(depth) && depth.delayed === 0;

/**
 * True if no message can be received, now or later. Delayed messages do not count: in the result queue they are checks, which exist
 * while a job runs on AWS.
 */
export function isIdle({ waiting, inFlight }: QueueDepth): boolean {
  return waiting + inFlight === 0;
}

/** An outbox that tells how full its queue is. */
export interface MeasuredQueue extends Outbox {
  depth(): Promise<QueueDepth>;
}
