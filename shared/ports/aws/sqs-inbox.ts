import type { SQSRecord } from "aws-lambda";
import * as v from "valibot";
import { MAX_RECEIVE_COUNT } from "../../validation/env.ts";
import { parse } from "../../validation/parse.ts";
import type { Inbox, Received } from "../queue.ts";
import { LONGEST_DELAY_SECONDS, MESSAGES_A_REQUEST } from "../request-limits.ts";
import type { AwsClient } from "./aws-client.ts";
import { callTo, type QueueCall } from "./queue-call.ts";
import { sendBy } from "./sqs-queue.ts";

const LONGEST_WAIT_SECONDS = 20;

const ReceiveAnswerSchema = v.object({
  Messages: v.optional(
    v.array(
      v.object({
        MessageId: v.string(),
        ReceiptHandle: v.string(),
        Body: v.string(),
        Attributes: v.object({ ApproximateReceiveCount: v.string() }),
      }),
    ),
    [],
  ),
});

/** The receiving end of an SQS queue. */
export function sqsInbox(client: AwsClient, url: string): Inbox {
  return inboxBy(callTo(client, url), queueArn(url, client.region));
}

/** The same, with `call` making the requests. */
export function inboxBy(call: QueueCall, arn: string): Inbox {
  const postpone = postponeBy(call);
  const inbox: Inbox = {
    /**
     * A wait is at least a second: SQS knows no shorter one. Without a wait it asks only some of its servers.
     * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
     */
    async receive(most, waitMs) {
      const answer = await call("ReceiveMessage", {
        MaxNumberOfMessages: Math.min(most, MESSAGES_A_REQUEST),
        WaitTimeSeconds: Math.min(Math.ceil(waitMs / 1000), LONGEST_WAIT_SECONDS),
        MessageSystemAttributeNames: ["ApproximateReceiveCount"],
      });
      const { Messages } = parse(ReceiveAnswerSchema, answer, "SQS's answer");
      return Messages.map(({ MessageId, ReceiptHandle, Body, Attributes }) => ({
        id: MessageId,
        body: Body,
        receiveCount: Number(Attributes.ApproximateReceiveCount),
        handle: ReceiptHandle,
        queue: arn,
      }));
    },

    async acknowledge(messages) {
      for (let at = 0; at < messages.length; at += MESSAGES_A_REQUEST) {
        const batch = messages.slice(at, at + MESSAGES_A_REQUEST);
        const Entries = batch.map(({ handle }, k) => ({ Id: `${k}`, ReceiptHandle: handle }));
        await call("DeleteMessageBatch", { Entries });
      }
    },

    postpone,

    /**
     * SQS counts each delivery and takes none back: only as a new message does one begin at 1 again. A second to fourth delivery keeps its
     * count, which ends the retries of a message that kills its workers.
     */
    async release(messages, ms) {
      const isAnew = ({ receiveCount }: Received) => receiveCount === 1 || receiveCount >= MAX_RECEIVE_COUNT;
      const anew = messages.filter(isAnew);
      const bodies = anew.map(({ body }) => body);
      const delaySeconds = Math.min(Math.round(ms / 1000), LONGEST_DELAY_SECONDS);
      const sending = sendBy(call, bodies, delaySeconds).then(() => inbox.acknowledge(anew));
      const others = messages.filter((message) => !isAnew(message));
      await Promise.all([sending, ...others.map((message) => postpone(message, ms))]);
    },
  };
  return inbox;
}

/**
 * The one method of an inbox that a stage needs if a mapping receives its messages. In whole seconds, as SQS has it.
 */
export function postponeBy(call: QueueCall): Inbox["postpone"] {
  return async ({ handle }, ms) => {
    await call("ChangeMessageVisibility", {
      ReceiptHandle: handle,
      VisibilityTimeout: Math.round(ms / 1000),
    });
  };
}

/** A record of the event that a mapping invokes a function with. */
export function receivedRecord({
  messageId,
  body,
  attributes,
  receiptHandle,
  eventSourceARN,
}: SQSRecord): Received {
  const receiveCount = Number(attributes.ApproximateReceiveCount);
  return { id: messageId, body, receiveCount, handle: receiptHandle, queue: eventSourceARN };
}

/** The name by which messages know their queue. */
export function queueArn(url: string, region: string): string {
  const partition = region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  const [account, name] = new URL(url).pathname.split("/").slice(-2);
  return `arn:${partition}:sqs:${region}:${account}:${name}`;
}
