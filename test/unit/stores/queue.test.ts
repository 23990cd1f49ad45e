import { describe, onTestFinished } from "vitest";
import { AwsClient } from "../../../shared/ports/aws/aws-client.ts";
import { emulatedCloud } from "../../helpers/emulator.ts";
import { MemoryQueue } from "../../helpers/memory-queue.ts";
import { bothEnds, queueCases, timedQueueCases } from "../../helpers/queue-cases.ts";

describe("SQS, embedded", () => {
  queueCases(async () => {
    const { cloud } = await emulatedCloud();
    const { region, endpoint, credentials, queues } = cloud;
    const client = new AwsClient({ service: "sqs", region, endpoint, credentials: async () => credentials });
    onTestFinished(() => client.close());
    return bothEnds(client, queues.chunks.url, queues.deadLetters.url);
  });
});

describe("in memory", () => {
  const inMemory = async () => {
    const queue = new MemoryQueue();
    return { inbox: queue, outbox: queue, deadLetters: queue.deadLetters };
  };
  queueCases(inMemory);
  timedQueueCases(inMemory);
});
