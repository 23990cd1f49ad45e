import type { SQSClient } from "@aws-sdk/client-sqs";
import { DEPTH_ATTRIBUTES, depthOf } from "../../shared/ports/aws/queue-attributes.ts";
import type { QueueDepth } from "../../shared/ports/queue.ts";
import { GetQueueAttributesCommand } from "./sdk.ts";

/** What several queues hold together. */
export async function depthOfAll(sqs: SQSClient, queueUrls: readonly string[]): Promise<QueueDepth> {
  const depths = await Promise.all(queueUrls.map((url) => queueDepth(sqs, url)));
  const sum = (of: keyof QueueDepth) => depths.reduce((all, depth) => all + depth[of], 0);
  return { waiting: sum("waiting"), inFlight: sum("inFlight"), delayed: sum("delayed") };
}

export async function queueDepth(sqs: SQSClient, queueUrl: string): Promise<QueueDepth> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: Object.values(DEPTH_ATTRIBUTES) }),
  );
  return depthOf(Attributes);
}
