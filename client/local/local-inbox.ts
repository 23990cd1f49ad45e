import type { QueueCall } from "../../shared/ports/aws/queue-call.ts";
import { inboxBy } from "../../shared/ports/aws/sqs-inbox.ts";
import type { Inbox } from "../../shared/ports/queue.ts";
import type { LocalQueue } from "./local-cloud.ts";
import type { SqsCall } from "./sqs-call.ts";

/** A queue of the embedded SQS, for this process. */
export function localInbox(sqs: SqsCall, queue: LocalQueue): Inbox {
  return inboxBy(callTo(sqs, queue), queue.arn);
}

/** Asks the embedded SQS about one queue. */
export function callTo(sqs: SqsCall, { url }: Pick<LocalQueue, "url">): QueueCall {
  return (operation, input) => sqs(operation, { QueueUrl: url, ...input });
}
