import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { onTestFinished } from "vitest";
import { AwsClient } from "../../shared/ports/aws/aws-client.ts";
import { MAX_RECEIVE_COUNT } from "../../shared/validation/env.ts";
import { clientSettings, localStackForThisFile } from "../helpers/localstack.ts";
import { bothEnds, type Ends, queueCases, timedQueueCases } from "../helpers/queue-cases.ts";

/** What the embedded SQS is held to by test/unit/stores/queue.test.ts, of an implementation that is not ours. */
const localStack = await localStackForThisFile();
const settings = clientSettings(localStack);
let queues = 0;

async function newQueue(): Promise<Ends> {
  const sqs = new SQSClient(settings);
  onTestFinished(() => sqs.destroy());
  const create = async (QueueName: string, Attributes: Record<string, string> = {}) => {
    const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
    return QueueUrl;
  };
  const name = `queue-${++queues}`;
  const dead = await create(`${name}-dead`);
  const asked = { QueueUrl: dead, AttributeNames: ["QueueArn" as const] };
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand(asked));
  const redrive = { deadLetterTargetArn: Attributes.QueueArn, maxReceiveCount: MAX_RECEIVE_COUNT };
  const url = await create(name, { VisibilityTimeout: "30", RedrivePolicy: JSON.stringify(redrive) });
  const { endpoint, region, credentials } = settings;
  const client = new AwsClient({ service: "sqs", region, endpoint, credentials: async () => credentials });
  onTestFinished(() => client.close());
  return bothEnds(client, url, dead);
}

queueCases(newQueue);
timedQueueCases(newQueue);
