/** Where a stage puts messages for the next one. Delivery is at least once and in no particular order. */
export interface Queue {
  /**
   * Sends every body and returns how many there were; takes them from the iterable only as fast as the queue
   * takes them. Throws QueueSendError where some are refused for good; others may have been sent.
   */
  send(bodies: Iterable<string>, options?: { readonly delaySeconds?: number }): Promise<number>;
}

/** About how many messages a queue holds; SQS counts them within a minute or so. */
export interface QueueDepth {
  readonly waiting: number;
  /** Being worked on, or postponed after a failure. */
  readonly inFlight: number;
  readonly delayed: number;
}

/** True where no message can be had, or come again. Delayed ones are checks, which are always there while a job runs on AWS. */
export function isIdle({ waiting, inFlight }: QueueDepth): boolean {
  return waiting + inFlight === 0;
}

/** A queue that tells how full it is. */
export interface MeasuredQueue extends Queue {
  depth(): Promise<QueueDepth>;
}

/** What SQS calls these counts. */
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
