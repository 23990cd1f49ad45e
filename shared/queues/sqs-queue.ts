import { setTimeout as sleep } from "node:timers/promises";
import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { QueueSendError } from "../errors.ts";
import type { Queue } from "./queue.ts";

/** SQS takes at most 10 entries and 256 KiB a batch. */
const BATCH_ENTRIES = 10;
const BATCH_BYTES = 256 * 1024;
const BATCHES_IN_FLIGHT = 16;
const ROUNDS = 5;
const FIRST_PAUSE_MS = 50;

export class SqsQueue implements Queue {
  readonly #client: SQSClient;
  readonly #url: string;

  constructor(client: SQSClient, url: string) {
    this.#client = client;
    this.#url = url;
  }

  async send(bodies: Iterable<string>, { delaySeconds = 0 } = {}): Promise<number> {
    const batches = inBatches(bodies);
    let sent = 0;
    // One shared iterator: each lane takes the next batch as soon as its last one was accepted.
    const lane = async () => {
      for (const batch of batches) {
        await this.#sendBatch(batch, delaySeconds);
        sent += batch.length;
      }
    };
    await Promise.all(Array.from({ length: BATCHES_IN_FLIGHT }, lane));
    return sent;
  }

  /** Hides a received message for so many seconds from now, in place of its visibility timeout. */
  async postpone(receiptHandle: string, seconds: number): Promise<void> {
    await this.#client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: this.#url,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      }),
    );
  }

  /** A batch may be accepted in part: what was refused is sent again, after growing pauses. */
  async #sendBatch(bodies: readonly string[], delaySeconds: number): Promise<void> {
    let entries: SendMessageBatchRequestEntry[] = bodies.map((body, k) => ({
      Id: `${k}`,
      MessageBody: body,
      ...(delaySeconds > 0 && { DelaySeconds: delaySeconds }),
    }));
    for (let round = 0; ; round++) {
      const { Failed = [] } = await this.#client.send(
        new SendMessageBatchCommand({ QueueUrl: this.#url, Entries: entries }),
      );
      if (Failed.length === 0) return;
      const [first] = Failed;
      const hopeless = Failed.some(({ SenderFault }) => SenderFault);
      if (hopeless || round + 1 === ROUNDS) {
        throw new QueueSendError(Failed.length, first?.Message ?? first?.Code ?? "no reason given");
      }
      const refused = new Set(Failed.map(({ Id }) => Id));
      entries = entries.filter(({ Id }) => refused.has(Id));
      await sleep(FIRST_PAUSE_MS * 2 ** round);
    }
  }
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
