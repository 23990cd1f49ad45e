import type { SQSClient } from "@aws-sdk/client-sqs";
import { DEPTH_ATTRIBUTES, depthOf } from "../../shared/ports/aws/queue-attributes.ts";
import type { QueueDepth } from "../../shared/ports/queue.ts";
import type { SharedQueues } from "../remote/remote.ts";
import type { Cloud } from "./cloud.ts";
import { GetQueueAttributesCommand } from "./sdk.ts";

export async function queueDepth(sqs: SQSClient, queueUrl: string): Promise<QueueDepth> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: Object.values(DEPTH_ATTRIBUTES) }),
  );
  return depthOf(Attributes);
}

/** The state of the two queues that all jobs of a deployment share. */
export async function sharedQueues({
  clients: { sqs },
  deployment,
}: Pick<Cloud, "clients" | "deployment">): Promise<SharedQueues> {
  const [chunks, results] = await Promise.all([
    queueDepth(sqs, deployment.chunkQueue),
    queueDepth(sqs, deployment.resultQueue),
  ]);
  return { chunks, results };
}
