import { onTestFinished } from "vitest";
import { split } from "../../functions/splitter/split.ts";
import { AwsClient } from "../../shared/ports/aws/aws-client.ts";
import { S3Store } from "../../shared/ports/aws/s3-store.ts";
import { settingsOfFunction } from "../../shared/ports/aws/settings.ts";
import { MeasuredSqsQueue } from "../../shared/ports/aws/sqs-queue.ts";
import { systemClock } from "../../shared/ports/clock.ts";
import { kernelsWith } from "./kernels.ts";
import { JOB_OF_25_CHUNKS } from "./stages.ts";

const QUEUES = "http://sqs.us-east-1.localhost.localstack.test:1/000000000000";

/** Submits job `j`, of 25 messages, to the deployment of a server that has no functions, see deployment-server.ts. */
export async function submitTo(
  env: Readonly<Record<string, string>>,
  request: object = {},
  kernels = kernelsWith(),
) {
  const client = (service: "sqs" | "s3") => {
    const made = new AwsClient(settingsOfFunction(service, env));
    onTestFinished(() => made.close());
    return made;
  };
  const chunks = new MeasuredSqsQueue(client("sqs"), `${QUEUES}/chunks`);
  const results = new MeasuredSqsQueue(client("sqs"), `${QUEUES}/results`);
  const store = new S3Store(client("s3"), "manyhands");
  const ports = { store, chunks, results, clock: systemClock, kernels, checkAfterSeconds: 0 };
  await split({ ...JOB_OF_25_CHUNKS, ...request }, "j", ports);
  return { chunks, results };
}
