import { depthBy } from "../../shared/ports/aws/sqs-queue.ts";
import type { QueueDepth } from "../../shared/ports/queue.ts";
import type { LocalQueue } from "./local-cloud.ts";
import { callTo } from "./local-inbox.ts";
import type { SqsCall } from "./sqs-call.ts";

/** The exact number of messages in the embedded queue. */
export function queueDepth(sqs: SqsCall, queue: LocalQueue): Promise<QueueDepth> {
  return depthBy(callTo(sqs, queue));
}
