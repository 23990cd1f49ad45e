/**
 * The worker's handler as a program that takes messages from the chunk queue until SIGTERM: `node test/helpers/worker-at-a-queue.ts`.
 * BROKEN names a rule of docs/protocol.md that it breaks, for tests of what watches workers.
 */
import { forThreads, kernels as own } from "../../client/kernels/loader.ts";
import { Cancellations } from "../../functions/worker/cancellations.ts";
import { workerHandler } from "../../functions/worker/worker-handler.ts";
import { AwsClient } from "../../shared/ports/aws/aws-client.ts";
import { S3Store } from "../../shared/ports/aws/s3-store.ts";
import { settingsOfFunction } from "../../shared/ports/aws/settings.ts";
import { sqsInbox } from "../../shared/ports/aws/sqs-inbox.ts";
import { SqsQueue } from "../../shared/ports/aws/sqs-queue.ts";
import type { Received } from "../../shared/ports/queue.ts";
import { ENV, readEnv } from "../../shared/validation/env.ts";
import { KERNEL_FILES } from "../../tools/bundling/dist.ts";

/** Each rule with what breaks it. */
const BREAKS: Readonly<Record<string, () => void>> = {
  "acknowledges first": () => {},
  "never asks whether a round is cancelled": () => {
    Cancellations.prototype.include = async () => false;
  },
  "writes over what is stored": () => {
    S3Store.prototype.putIfAbsent = async function (key, bytes) {
      await this.put(key, bytes);
      return "stored";
    };
  },
  "ends in the middle": () => {
    process.on("SIGTERM", () => process.exit(0));
  },
  "hides for ever what it lacks": () => {},
  "counts no rounds": () => {
    const { send } = SqsQueue.prototype;
    SqsQueue.prototype.send = function (bodies, options) {
      const uncounted = [...bodies].map((body) => JSON.stringify({ ...JSON.parse(body), handedOn: 0 }));
      return send.call(this, uncounted, options);
    };
  },
  "sends nothing again": () => {
    const { send } = SqsQueue.prototype;
    SqsQueue.prototype.send = function (bodies) {
      const kept = [...bodies].filter((body) => JSON.parse(body).kind === "report");
      return send.call(this, kept);
    };
  },
};
const broken = process.env.BROKEN ?? "";
BREAKS[broken]?.();

const handler = workerHandler({
  kernels: own,
  forThreads,
  files: KERNEL_FILES,
  others: broken === "hides for ever what it lacks" ? "alike" : "unlike",
  apart: () => {
    throw new RangeError("Expected no kernel that was uploaded.");
  },
});
const inbox = sqsInbox(new AwsClient(settingsOfFunction("sqs")), readEnv(ENV.chunkQueueUrl));
let isStopping = false;
process.on("SIGTERM", () => {
  isStopping = true;
});

while (!isStopping) {
  for (const message of await inbox.receive(1, 20_000)) {
    if (broken === "acknowledges first") await inbox.acknowledge([message]);
    const { batchItemFailures } = (await handler(eventOf(message), contextOf(message) as never)) as {
      batchItemFailures: readonly object[];
    };
    if (batchItemFailures.length === 0 && broken !== "acknowledges first") await inbox.acknowledge([message]);
  }
}
process.exit(0);

function eventOf({ id, body, handle, receiveCount, queue }: Received) {
  const attributes = { ApproximateReceiveCount: `${receiveCount}` };
  return { Records: [{ messageId: id, body, receiptHandle: handle, attributes, eventSourceARN: queue }] };
}

function contextOf({ id }: Received) {
  const remaining = () => Number.POSITIVE_INFINITY;
  return { awsRequestId: id, logStreamName: `node-${process.pid}`, getRemainingTimeInMillis: remaining };
}
