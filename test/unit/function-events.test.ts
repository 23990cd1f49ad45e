import type { SQSEvent } from "aws-lambda";
import { expect, test } from "vitest";
import { inEvents } from "../../client/local/function-events.ts";
import { receivedRecord } from "../../shared/ports/aws/sqs-inbox.ts";
import type { Received } from "../../shared/ports/queue.ts";

const QUEUE = "arn:aws:sqs:eu-west-1:000000000000:chunks";
const messages: Received[] = ["a", "b"].map((body, k) => ({
  ...{ id: `m${k}`, handle: `h${k}`, body, receiveCount: 1 + k, queue: QUEUE },
}));

test("a handler reads from its event the very messages that were received", async () => {
  const events: SQSEvent[] = [];
  await inEvents(async (event) => void events.push(event))(messages);
  expect(events.map(({ Records }) => Records.map(receivedRecord))).toEqual([messages]);
  expect(events[0]?.Records.map(({ awsRegion }) => awsRegion)).toEqual(["eu-west-1", "eu-west-1"]);
});

test.each([
  ["nothing", undefined, []],
  ["something else", { finished: [] }, []],
  ["no failures", { batchItemFailures: [] }, []],
  ["a failure", { batchItemFailures: [{ itemIdentifier: "m1" }] }, ["m1"]],
])("a function that answers %s hands back what it names", async (_, answer, expected) => {
  expect([...(await inEvents(async () => answer)(messages))]).toEqual(expected);
});

test("a function that dies takes the whole batch with it", async () => {
  await expect(inEvents(() => Promise.reject(new Error("died")))(messages)).rejects.toThrow("died");
});
