import type { SQSClient } from "@aws-sdk/client-sqs";
import { DEPTH_ATTRIBUTES, depthOf } from "../../shared/ports/aws/queue-attributes.ts";
import type { QueueDepth } from "../../shared/ports/queue.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import type { SharedQueues } from "../remote/remote.ts";
import type { Cloud } from "./cloud.ts";
import { fleetOf } from "./deployment.ts";
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

/** The state of the two queues that the job shares with all others of a deployment. */
export async function sharedQueues(
  { clients: { sqs }, deployment }: Pick<Cloud, "clients" | "deployment">,
  job: Pick<StoredJob, "declaration">,
): Promise<SharedQueues> {
  const [chunks, results] = await Promise.all([
    queueDepth(sqs, fleetOf(deployment, job).chunkQueue),
    queueDepth(sqs, deployment.resultQueue),
  ]);
  return { chunks, results };
}
