import type { LocalQueue } from "./local-cloud.ts";
import type { SqsCall } from "./sqs-call.ts";

/** Messages that are in the queue or being worked on; delayed ones are left out. */
export async function queueDepth(sqs: SqsCall, { url }: LocalQueue): Promise<number> {
  const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
  const { Attributes = {} } = await sqs<{ Attributes?: Partial<Record<(typeof names)[number], string>> }>(
    "GetQueueAttributes",
    { QueueUrl: url, AttributeNames: names },
  );
  return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
}
