import { setTimeout as sleep } from "node:timers/promises";
import type { SQSRecord } from "aws-lambda";
import * as v from "valibot";
import { QueueSendError } from "../../validation/errors.ts";
import { parse, parseJson } from "../../validation/parse.ts";
import { DEPTH_ATTRIBUTES, depthOf, type MeasuredQueue, type QueueDepth } from "../queue.ts";
import type { AwsClient } from "./aws-client.ts";

/** SQS takes at most 10 entries and 256 KiB a batch. */
const BATCH_ENTRIES = 10;
const BATCH_BYTES = 256 * 1024;
const BATCHES_IN_FLIGHT = 16;
const ROUNDS = 5;
const FIRST_PAUSE_MS = 50;

/** SQS's answer to a batch that it may have taken in part. */
const BatchAnswerSchema = v.object({
  Failed: v.optional(
    v.array(
      v.object({
        Id: v.string(),
        SenderFault: v.optional(v.boolean(), false),
        Code: v.optional(v.string(), "no reason given"),
        Message: v.optional(v.string()),
      }),
    ),
    [],
  ),
});

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

const AttributesAnswerSchema = v.object({ Attributes: v.record(v.string(), v.string()) });

/** The fields of a delivery that the stages read; the mapping's records have more. */
export type ReceivedRecord = Pick<SQSRecord, "messageId" | "receiptHandle" | "body" | "eventSourceARN"> & {
  readonly attributes: Pick<SQSRecord["attributes"], "ApproximateReceiveCount">;
};

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly DelaySeconds?: number;
}

/**
 * SQS by its JSON protocol, at the host of the queue's own address unless an endpoint is set:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/
 */
export class SqsQueue implements MeasuredQueue {
  readonly #client: AwsClient;
  readonly #url: string;
  readonly #endpoint: URL;

  constructor(client: AwsClient, url: string) {
    this.#client = client;
    this.#url = url;
    this.#endpoint = new URL("/", client.endpoint ?? url);
  }

  async send(bodies: Iterable<string>, { delaySeconds = 0 } = {}): Promise<number> {
    const batches = inBatches(inAscii(bodies));
    let sent = 0;
    // All lanes share one iterator: each takes the next batch as soon as its last one was accepted.
    const lane = async () => {
      for (const batch of batches) {
        await this.#sendBatch(batch, delaySeconds);
        sent += batch.length;
      }
    };
    await Promise.all(Array.from({ length: BATCHES_IN_FLIGHT }, lane));
    return sent;
  }

  async depth(): Promise<QueueDepth> {
    const answer = await this.#call("GetQueueAttributes", {
      AttributeNames: Object.values(DEPTH_ATTRIBUTES),
    });
    const { Attributes } = parse(AttributesAnswerSchema, parseJson(answer, "SQS's answer"), "SQS's answer");
    return depthOf(Attributes);
  }

  /** Hides a received message for `seconds` from now, in place of its visibility timeout. */
  async postpone(receiptHandle: string, seconds: number): Promise<void> {
    await this.#call("ChangeMessageVisibility", { ReceiptHandle: receiptHandle, VisibilityTimeout: seconds });
  }

  /**
   * Receives up to ten messages, and hides them from other consumers for the visibility timeout. Waits for the first up
   * to `waitSeconds` (1 to 20): without a wait, SQS asks only some of its servers and may miss messages.
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
   */
  async receive(most: number, waitSeconds: number): Promise<ReceivedRecord[]> {
    const answer = await this.#call("ReceiveMessage", {
      MaxNumberOfMessages: most,
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ["ApproximateReceiveCount"],
    });
    const { Messages } = parse(ReceiveAnswerSchema, parseJson(answer, "SQS's answer"), "SQS's answer");
    return Messages.map(({ MessageId, ReceiptHandle, Body, Attributes }) => ({
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
      attributes: Attributes,
      eventSourceARN: this.#arn,
    }));
  }

  /** Removes up to ten received messages. SQS delivers those again that it did not remove. */
  async delete(receiptHandles: readonly string[]): Promise<void> {
    if (receiptHandles.length === 0) return;
    const Entries = receiptHandles.map((ReceiptHandle, k) => ({ Id: `${k}`, ReceiptHandle }));
    await this.#call("DeleteMessageBatch", { Entries });
  }

  get #arn(): string {
    const { region } = this.#client;
    const partition = region.startsWith("cn-")
      ? "aws-cn"
      : region.startsWith("us-gov-")
        ? "aws-us-gov"
        : "aws";
    const [account, name] = new URL(this.#url).pathname.split("/").slice(-2);
    return `arn:${partition}:sqs:${region}:${account}:${name}`;
  }

  /** SQS may accept a batch in part: refused entries are sent again, after growing pauses. */
  async #sendBatch(bodies: readonly string[], delaySeconds: number): Promise<void> {
    let entries: Entry[] = bodies.map((body, k) => ({
      Id: `${k}`,
      MessageBody: body,
      ...(delaySeconds > 0 && { DelaySeconds: delaySeconds }),
    }));
    for (let round = 0; ; round++) {
      const answer = await this.#call("SendMessageBatch", { Entries: entries });
      const { Failed } = parse(BatchAnswerSchema, parseJson(answer, "SQS's answer"), "SQS's answer");
      if (Failed.length === 0) return;
      const [first] = Failed;
      const hopeless = Failed.some(({ SenderFault }) => SenderFault);
      if (hopeless || round + 1 === ROUNDS) {
        throw new QueueSendError(Failed.length, first?.Message ?? first?.Code ?? "");
      }
      const refused = new Set(Failed.map(({ Id }) => Id));
      entries = entries.filter(({ Id }) => refused.has(Id));
      await sleep(FIRST_PAUSE_MS * 2 ** round);
    }
  }

  async #call(operation: string, input: object): Promise<string> {
    const { body } = await this.#client.send({
      ...{ operation, method: "POST", url: this.#endpoint },
      headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": `AmazonSQS.${operation}` },
      body: JSON.stringify({ QueueUrl: this.#url, ...input }),
    });
    return body.toString();
  }
}

/**
 * Writes JSON in ASCII. SQS refuses a message with a character that XML does not have, and the error of a chunk may
 * contain any: its report would never arrive.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
function* inAscii(bodies: Iterable<string>): Generator<string> {
  for (const body of bodies)
    yield body.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function* inBatches(bodies: Iterable<string>): Generator<string[]> {
  let batch: string[] = [];
  let bytes = 0;
  for (const body of bodies) {
    const size = Buffer.byteLength(body);
    if (batch.length === BATCH_ENTRIES || (batch.length > 0 && bytes + size > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(body);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
