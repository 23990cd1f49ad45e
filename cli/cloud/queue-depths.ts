import { GetQueueAttributesCommand, type QueueAttributeName, type SQSClient } from "@aws-sdk/client-sqs";
import type { QueueDepth } from "../../shared/queues/queue.ts";

const NAMES = {
  waiting: "ApproximateNumberOfMessages",
  inFlight: "ApproximateNumberOfMessagesNotVisible",
  delayed: "ApproximateNumberOfMessagesDelayed",
} as const satisfies Record<keyof QueueDepth, QueueAttributeName>;

export async function queueDepth(sqs: SQSClient, queueUrl: string): Promise<QueueDepth> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: Object.values(NAMES) }),
  );
  const value = (name: QueueAttributeName) => Number(Attributes[name] ?? 0);
  return { waiting: value(NAMES.waiting), inFlight: value(NAMES.inFlight), delayed: value(NAMES.delayed) };
}

/** Delayed messages are checks, which are always there while a job runs. */
export function isIdle({ waiting, inFlight }: QueueDepth): boolean {
  return waiting + inFlight === 0;
}
