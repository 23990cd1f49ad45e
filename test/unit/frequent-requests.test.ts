import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import type { Intercept } from "../../client/local/local-cloud.ts";
import type { AwsRequest } from "../../shared/ports/aws/aws-client.ts";
import { AwsError } from "../../shared/ports/aws/aws-error.ts";
import { awsClient } from "../helpers/aws-clients.ts";
import { emulatedCloud } from "../helpers/emulator.ts";

const KEY = "/manyhands/jobs/j/array/c/0/0";
const IF_ABSENT = { "if-none-match": "*" };

/** Has fastify answer every request. */
const throughFastify: Intercept = async (request, response, { inject }) => {
  const { method, url = "", headers } = request;
  const payload = await buffer(request);
  const answer = await inject({ method: method as "PUT", url, headers, payload });
  response.writeHead(answer.statusCode, { "content-length": answer.rawPayload.length });
  response.end(answer.rawPayload);
};

/** What a cloud answers, in order: status, and the error's code or the names that its JSON has. */
async function answersOf(intercept?: Intercept) {
  const { cloud } = await emulatedCloud({ ...(intercept && { intercept }) });
  const put = (path: string, body: string, headers = {}) =>
    ask("s3", {
      ...{ operation: "PutObject", method: "PUT", body, headers },
      url: new URL(path, cloud.endpoint),
    });
  const sqs = (operation: string, input: object, text?: string) =>
    ask("sqs", {
      ...{ operation, method: "POST", url: new URL("/", cloud.endpoint) },
      headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": `AmazonSQS.${operation}` },
      body: text ?? JSON.stringify({ QueueUrl: cloud.queues.chunks.url, ...input }),
      isOnce: true,
    });
  const ask = async (service: "s3" | "sqs", request: AwsRequest) => {
    try {
      const { status, body } = await awsClient(service, cloud).send(request);
      return [status, body.length > 0 ? Object.keys(JSON.parse(body.toString())) : []];
    } catch (error) {
      return error instanceof AwsError ? [error.status, error.code] : error;
    }
  };
  const s3 = awsClient("s3", cloud);
  return [
    await put(KEY, "first", IF_ABSENT),
    await put(KEY, "second", IF_ABSENT),
    await put(KEY, "third"),
    (
      await s3.send({ operation: "GetObject", method: "GET", url: new URL(KEY, cloud.endpoint) })
    ).body.toString(),
    await put(`${KEY}/below-an-object`, "x"),
    await put("/manyhands/jobs/j/.hidden", "x"),
    await sqs("SendMessageBatch", { Entries: [{ Id: "0", MessageBody: "{}" }] }),
    await sqs("SendMessageBatch", { Entries: [] }),
    await sqs("ReceiveMessage", { MaxNumberOfMessages: 10 }),
    await sqs("ReceiveMessage", { MaxNumberOfMessages: 10 }),
    await sqs("ReceiveMessage", { QueueUrl: `${cloud.endpoint}/0/none` }),
    await sqs("GetQueueAttributes", {}, "no JSON"),
  ];
}

test("a request is answered alike with fastify around it and without", async () => {
  const answers = await answersOf();
  expect(answers).toEqual(await answersOf(throughFastify));
  expect(answers).toEqual([
    [200, []],
    [412, "PreconditionFailed"],
    [200, []],
    "third",
    [403, "InvalidObjectState"],
    [403, "InvalidObjectState"],
    [200, ["Successful", "Failed"]],
    [400, "EmptyBatchRequest"],
    [200, ["Messages"]],
    [200, []],
    [400, "QueueDoesNotExist"],
    [500, "InternalError"],
  ]);
});
