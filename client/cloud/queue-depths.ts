import type { SQSClient } from "@aws-sdk/client-sqs";
import { DEPTH_ATTRIBUTES, depthOf } from "../../shared/ports/aws/queue-attributes.ts";
import type { QueueDepth } from "../../shared/ports/queue.ts";
import { GetQueueAttributesCommand } from "./sdk.ts";

export async function queueDepth(sqs: SQSClient, queueUrl: string): Promise<QueueDepth> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: Object.values(DEPTH_ATTRIBUTES) }),
  );
  return depthOf(Attributes);
}
