/** A stage's messages for the next one. Delivery is at least once and in no particular order. */
export interface Queue {
  /**
   * Sends every body and returns their number; takes bodies from the iterable only as fast as the queue accepts them.
   * Throws QueueSendError if the queue refuses some for good; others may have been sent.
   */
  send(bodies: Iterable<string>, options?: { readonly delaySeconds?: number }): Promise<number>;
}

/** The approximate number of messages in a queue; SQS's counts are up to a minute old. */
export interface QueueDepth {
  readonly waiting: number;
  /** In work, or postponed after a failure. */
  readonly inFlight: number;
  readonly delayed: number;
}

/**
 * True if no message can be received, now or later. Delayed messages do not count: they are checks, which exist while a
 * job runs on AWS.
 */
export function isIdle({ waiting, inFlight }: QueueDepth): boolean {
  return waiting + inFlight === 0;
}

/** A queue that counts its messages. */
export interface MeasuredQueue extends Queue {
  depth(): Promise<QueueDepth>;
}

/** SQS's names for these counts. */
export const DEPTH_ATTRIBUTES = {
  waiting: "ApproximateNumberOfMessages",
  inFlight: "ApproximateNumberOfMessagesNotVisible",
  delayed: "ApproximateNumberOfMessagesDelayed",
} as const satisfies Record<keyof QueueDepth, string>;

/** The counts among a queue's attributes. */
export function depthOf(attributes: Readonly<Record<string, string | undefined>>): QueueDepth {
  const value = (name: keyof QueueDepth) => Number(attributes[DEPTH_ATTRIBUTES[name]] ?? 0);
  return { waiting: value("waiting"), inFlight: value("inFlight"), delayed: value("delayed") };
}
