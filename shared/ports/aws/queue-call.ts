import { parseJson } from "../../validation/parse.ts";
import type { AwsClient } from "./aws-client.ts";

/** An operation on one queue in SQS's JSON protocol, and its answer: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/ */
export type QueueCall = (operation: string, input: object) => Promise<unknown>;

/** Asks SQS at the host of the queue's own address, unless an endpoint is set. Throws AwsError. */
export function callTo(client: AwsClient, url: string): QueueCall {
  const endpoint = new URL("/", client.endpoint ?? url);
  return async (operation, input) => {
    const { body } = await client.send({
      ...{ operation, method: "POST", url: endpoint },
      headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": `AmazonSQS.${operation}` },
      body: JSON.stringify({ QueueUrl: url, ...input }),
    });
    const text = body.toString();
    return text === "" ? {} : parseJson(text, "SQS's answer");
  };
}
