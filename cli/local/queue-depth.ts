import { DEPTH_ATTRIBUTES, depthOf } from "../../shared/queues/queue.ts";
import type { LocalQueue } from "./local-cloud.ts";
import type { SqsCall } from "./sqs-call.ts";

/** Messages that are in the queue or being worked on; delayed ones are left out. */
export async function queueDepth(sqs: SqsCall, { url }: LocalQueue): Promise<number> {
  const { Attributes = {} } = await sqs<{ Attributes?: Record<string, string> }>("GetQueueAttributes", {
    QueueUrl: url,
    AttributeNames: Object.values(DEPTH_ATTRIBUTES),
  });
  const { waiting, inFlight } = depthOf(Attributes);
  return waiting + inFlight;
}
