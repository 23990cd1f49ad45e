import { onTestFinished } from "vitest";
import { AwsClient } from "../../shared/ports/aws/aws-client.ts";
import { emulatedCloud } from "../helpers/emulator.ts";
import { bothEnds, timedQueueCases } from "../helpers/queue-cases.ts";

timedQueueCases(async () => {
  const { cloud } = await emulatedCloud();
  const { region, endpoint, credentials, queues } = cloud;
  const client = new AwsClient({ service: "sqs", region, endpoint, credentials: async () => credentials });
  onTestFinished(() => client.close());
  return bothEnds(client, queues.chunks.url, queues.deadLetters.url);
});
