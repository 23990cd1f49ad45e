import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateEventSourceMappingCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { expect, test, vi } from "vitest";
import { functionsOn } from "../helpers/lambda.ts";
import { clientSettings, localStackForThisFile } from "../helpers/localstack.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const POLLERS = 3;
const MESSAGES = 7;
const localStack = await localStackForThisFile({ pollers: POLLERS });
const settings = clientSettings(localStack);
const sqs = new SQSClient(settings);
const lambda = new LambdaClient(settings);
const patience = { timeout: 120_000, interval: 100 };

/** Notes how many run when it begins, itself included, and ends when it may. */
const COUNTING = (folder: string) => `
  const { existsSync, readdirSync, writeFileSync } = require("node:fs");
  const names = () => readdirSync("${folder}");
  exports.handler = async ({ Records: [{ messageId }] }) => {
    writeFileSync("${folder}/begun-" + messageId, "");
    const running = names().filter((name) => name.startsWith("begun")).length - names().filter((name) => name.startsWith("ended")).length;
    writeFileSync("${folder}/running-" + messageId, String(running));
    while (!existsSync("${folder}/go-on")) await new Promise((resolve) => setTimeout(resolve, 10));
    writeFileSync("${folder}/ended-" + messageId, "");
  };`;

test("a mapping runs as many batches at the same time as it may and as there are pollers", async () => {
  const folder = temporaryFolder();
  const files = (prefix: string) => readdirSync(folder).filter((name) => name.startsWith(prefix));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "queue" }));
  const { name } = await functionsOn(localStack)(COUNTING(folder));
  await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: name,
      EventSourceArn: "arn:aws:sqs:us-east-1:000000000000:queue",
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: 900 },
    }),
  );
  const Entries = Array.from({ length: MESSAGES }, (_, index) => ({
    Id: `${index}`,
    MessageBody: `${index}`,
  }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));

  await vi.waitUntil(() => files("running").length >= POLLERS, patience);
  writeFileSync(join(folder, "go-on"), "");
  await vi.waitUntil(() => files("ended").length === MESSAGES, patience);
  const running = files("running").map((file) => Number(readFileSync(join(folder, file), "utf8")));
  expect(Math.max(...running)).toBe(POLLERS);

  const AttributeNames = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
  const attributes = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] });
  await vi.waitUntil(async () => {
    const { Attributes = {} } = await sqs.send(attributes);
    return AttributeNames.every((attribute) => Attributes[attribute] === "0");
  }, patience);
  expect(files("begun")).toHaveLength(MESSAGES);
});
