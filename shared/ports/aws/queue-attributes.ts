import * as v from "valibot";
import { parse } from "../../validation/parse.ts";
import type { QueueDepth } from "../queue.ts";
import type { QueueCall } from "./queue-call.ts";

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

const AttributesAnswerSchema = v.object({ Attributes: v.record(v.string(), v.string()) });

/** Asks SQS how many messages the queue holds. */
export async function depthBy(call: QueueCall): Promise<QueueDepth> {
  const answer = await call("GetQueueAttributes", { AttributeNames: Object.values(DEPTH_ATTRIBUTES) });
  return depthOf(parse(AttributesAnswerSchema, answer, "SQS's answer").Attributes);
}
