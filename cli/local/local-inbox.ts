import { inboxBy } from "../../shared/ports/aws/sqs-inbox.ts";
import type { Inbox } from "../../shared/ports/queue.ts";
import type { LocalQueue } from "./local-cloud.ts";
import type { SqsCall } from "./sqs-call.ts";

/** A queue of the embedded SQS, for this process. */
export function localInbox(sqs: SqsCall, { url, arn }: LocalQueue): Inbox {
  return inboxBy((operation, input) => sqs(operation, { QueueUrl: url, ...input }), arn);
}
