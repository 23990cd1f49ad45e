import { DEPTH_ATTRIBUTES, depthOf } from "../../shared/ports/aws/queue-attributes.ts";
import type { QueueDepth } from "../../shared/ports/queue.ts";
import type { LocalQueue } from "./local-cloud.ts";
import type { SqsCall } from "./sqs-call.ts";

/** The exact number of messages in the embedded queue. */
export async function queueDepth(sqs: SqsCall, { url }: LocalQueue): Promise<QueueDepth> {
  const { Attributes = {} } = await sqs<{ Attributes?: Record<string, string> }>("GetQueueAttributes", {
    QueueUrl: url,
    AttributeNames: Object.values(DEPTH_ATTRIBUTES),
  });
  return depthOf(Attributes);
}
