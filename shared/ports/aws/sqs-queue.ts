import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { QueueSendError } from "../../validation/errors.ts";
import { parse } from "../../validation/parse.ts";
import type { MeasuredQueue, Outbox, QueueDepth } from "../queue.ts";
import { MESSAGES_A_REQUEST } from "../request-limits.ts";
import type { AwsClient } from "./aws-client.ts";
import { DEPTH_ATTRIBUTES, depthOf } from "./queue-attributes.ts";
import { callTo, type QueueCall } from "./queue-call.ts";

/** SQS takes at most 256 KiB a batch. */
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

const AttributesAnswerSchema = v.object({ Attributes: v.record(v.string(), v.string()) });

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly DelaySeconds?: number;
}

/** What an SQS queue takes. */
export class SqsQueue implements Outbox {
  protected readonly call: QueueCall;

  constructor(client: AwsClient, url: string) {
    this.call = callTo(client, url);
  }

  send(bodies: Iterable<string>, { delaySeconds = 0 } = {}): Promise<number> {
    return sendBy(this.call, bodies, delaySeconds);
  }
}

/** The same, and how much that is. */
export class MeasuredSqsQueue extends SqsQueue implements MeasuredQueue {
  depth(): Promise<QueueDepth> {
    return depthBy(this.call);
  }
}

/** Sends all bodies and returns their number, with `call` making the requests. Throws QueueSendError. */
export async function sendBy(
  call: QueueCall,
  bodies: Iterable<string>,
  delaySeconds: number,
): Promise<number> {
  const batches = inBatches(inAscii(bodies));
  let sent = 0;
  // All lanes share one iterator: each takes the next batch as soon as its last one was accepted.
  const lane = async () => {
    for (const batch of batches) {
      await sendBatch(call, batch, delaySeconds);
      sent += batch.length;
    }
  };
  await Promise.all(Array.from({ length: BATCHES_IN_FLIGHT }, lane));
  return sent;
}

/** A batch may be accepted in part: what was refused is sent again, after growing pauses. */
async function sendBatch(call: QueueCall, bodies: readonly string[], delaySeconds: number): Promise<void> {
  let entries: Entry[] = bodies.map((body, k) => ({
    Id: `${k}`,
    MessageBody: body,
    ...(delaySeconds > 0 && { DelaySeconds: delaySeconds }),
  }));
  for (let round = 0; ; round++) {
    const answer = await call("SendMessageBatch", { Entries: entries });
    const { Failed } = parse(BatchAnswerSchema, answer, "SQS's answer");
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

/** How many messages the queue holds, with `call` making the request. */
export async function depthBy(call: QueueCall): Promise<QueueDepth> {
  const answer = await call("GetQueueAttributes", { AttributeNames: Object.values(DEPTH_ATTRIBUTES) });
  return depthOf(parse(AttributesAnswerSchema, answer, "SQS's answer").Attributes);
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
    if (batch.length === MESSAGES_A_REQUEST || (batch.length > 0 && bytes + size > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(body);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
