import type { QueueDepth } from "../queue.ts";

/** SQS's names for the counts of a queue's messages. */
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
