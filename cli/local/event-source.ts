import { setTimeout as sleep } from "node:timers/promises";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { LocalQueue } from "./local-cloud.ts";
import { seededRandom } from "./seeded-random.ts";
import type { SqsCall } from "./sqs-call.ts";

const LONG_POLL_SECONDS = 20;
const RECEIVE_LIMIT = 10;
const DELETE_LIMIT = 10;
const POLL_PAUSE_MS = 100;
const RAMP_TICK_MS = 10;

/** A message as SQS returns it. */
interface Message {
  readonly MessageId?: string;
  readonly ReceiptHandle?: string;
  readonly Body?: string;
  readonly MD5OfBody?: string;
  readonly Attributes?: Readonly<Record<string, string>>;
}

export interface EventSourceOptions {
  readonly sqs: SqsCall;
  readonly queue: LocalQueue;
  readonly batchSize: number;
  /** How long a batch may wait for more messages; 0 hands over at once. */
  readonly batchingWindowMs: number;
  readonly maximumConcurrency: number;
  /**
   * The most concurrent invocations by the time (ms) since the first message; without it, the maximum from the start.
   */
  readonly concurrencyAt?: ((elapsedMs: number) => number) | undefined;
  /** The ramp's clock: ms from any origin. */
  readonly now?: () => number;
  /** Hands messages over in a random order drawn from this seed; without one, in order of arrival. */
  readonly shuffleSeed?: number | undefined;
  /** After an invocation that died: wait for the visibility timeout, as on AWS, instead of retrying at once. */
  readonly waitOutVisibility?: boolean | undefined;
  /** Runs the function. Throws if it died, timed out or threw. */
  readonly invoke: (event: SQSEvent) => Promise<unknown>;
  /** Receives messages on arrival, before they wait for their batch. */
  readonly onReceive?: (bodies: readonly string[]) => void;
}

/**
 * Plays Lambda's SQS event source mapping: receives messages, hands them in batches to the function, deletes those it
 * did not report as failed. The queue itself counts receives and moves dead letters.
 */
export class EventSource {
  readonly #options: EventSourceOptions;
  readonly #now: () => number;
  readonly #random: (() => number) | undefined;
  #stopped = false;
  readonly #buffer: Message[] = [];
  /** Invocations and the deletions that follow; `stop` waits for these. */
  readonly #runs = new Set<Promise<void>>();
  #active = 0;
  #windowEnds: NodeJS.Timeout | undefined;
  #flushing = false;
  #firstMessageMs: number | undefined;
  #rampTick: NodeJS.Timeout | undefined;
  #roomFor: (() => void) | undefined;

  constructor(options: EventSourceOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#random = options.shuffleSeed === undefined ? undefined : seededRandom(options.shuffleSeed);
  }

  /** True while the function runs, or a message waits for it. */
  get isBusy(): boolean {
    return this.#runs.size > 0 || this.#buffer.length > 0;
  }

  start(): void {
    void this.#poll();
  }

  /** From now on no message waits for others: no more are expected. */
  flush(): void {
    this.#flushing = true;
    this.#dispatch();
  }

  /**
   * Hands over no more and waits for running invocations. Ignores the answer of a poll that is under way: its messages,
   * and those in the buffer, reappear in the queue in time.
   */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#roomFor?.();
    clearTimeout(this.#windowEnds);
    clearTimeout(this.#rampTick);
    await Promise.all(this.#runs);
  }

  /** Keeps one batch ready for each free slot, so that no slot waits for a round trip. */
  async #poll(): Promise<void> {
    const { batchSize } = this.#options;
    while (!this.#stopped) {
      const aimed = Math.max(batchSize * this.#concurrency, this.#random ? RECEIVE_LIMIT : 1);
      const wanted = aimed - this.#buffer.length;
      if (wanted <= 0) {
        await new Promise<void>((resolve) => {
          this.#roomFor = resolve;
        });
        continue;
      }
      try {
        const messages = await this.#receive(Math.min(wanted, RECEIVE_LIMIT));
        if (this.#stopped) return;
        if (messages.length > 0) this.#firstMessageMs ??= this.#now();
        this.#buffer.push(...messages);
        this.#options.onReceive?.(messages.map(({ Body = "" }) => Body));
      } catch {
        // Throttled, reset or stopped: a poller just polls again.
        if (!this.#stopped) await sleep(POLL_PAUSE_MS);
      }
      this.#dispatch();
    }
  }

  async #receive(max: number): Promise<Message[]> {
    const { Messages = [] } = await this.#options.sqs<{ Messages?: Message[] }>("ReceiveMessage", {
      QueueUrl: this.#options.queue.url,
      MaxNumberOfMessages: max,
      WaitTimeSeconds: LONG_POLL_SECONDS,
      MessageSystemAttributeNames: ["All"],
    });
    return Messages;
  }

  /** Starts an invocation for each batch, while there are free slots. */
  #dispatch(windowOver = false): void {
    const { batchSize, batchingWindowMs } = this.#options;
    while (!this.#stopped && this.#buffer.length > 0 && this.#active < this.#concurrency) {
      const mayWait = batchingWindowMs > 0 && !windowOver && !this.#flushing;
      if (mayWait && this.#buffer.length < batchSize) {
        this.#windowEnds ??= setTimeout(() => {
          this.#windowEnds = undefined;
          this.#dispatch(true);
        }, batchingWindowMs);
        return;
      }
      clearTimeout(this.#windowEnds);
      this.#windowEnds = undefined;
      const run = this.#run(this.#takeBatch(batchSize)).finally(() => this.#runs.delete(run));
      this.#runs.add(run);
      this.#roomFor?.();
    }
    if (this.#buffer.length > 0) this.#dispatchAsItGrows();
  }

  get #concurrency(): number {
    const { maximumConcurrency, concurrencyAt } = this.#options;
    if (!concurrencyAt) return maximumConcurrency;
    const elapsedMs = this.#firstMessageMs === undefined ? 0 : this.#now() - this.#firstMessageMs;
    return Math.min(Math.floor(concurrencyAt(elapsedMs)), maximumConcurrency);
  }

  /** The ramp raises the limit without an event, so poll. */
  #dispatchAsItGrows(): void {
    if (this.#stopped || this.#concurrency >= this.#options.maximumConcurrency) return;
    this.#rampTick ??= setTimeout(() => {
      this.#rampTick = undefined;
      this.#roomFor?.();
      this.#dispatch();
    }, RAMP_TICK_MS);
  }

  #takeBatch(size: number): Message[] {
    if (!this.#random) return this.#buffer.splice(0, size);
    const batch: Message[] = [];
    while (batch.length < size && this.#buffer.length > 0) {
      batch.push(...this.#buffer.splice(Math.floor(this.#random() * this.#buffer.length), 1));
    }
    return batch;
  }

  async #run(messages: readonly Message[]): Promise<void> {
    const { queue, waitOutVisibility } = this.#options;
    const records = messages.map((message) => toRecord(message, queue.arn));
    try {
      const failed = await this.#invoke(records);
      await this.#delete(records.filter(({ messageId }) => !failed.has(messageId)));
    } catch {
      // As on AWS, an invocation that failed as a whole leaves its messages to reappear.
      if (!waitOutVisibility) await this.#reappear(records);
    }
  }

  /** Returns the ids that the function handed back. Frees the slot before the other messages are deleted. */
  async #invoke(records: SQSRecord[]): Promise<Set<string>> {
    this.#active++;
    try {
      return failedIds(await this.#options.invoke({ Records: records }));
    } finally {
      this.#active--;
      this.#dispatch();
    }
  }

  async #delete(records: readonly SQSRecord[]): Promise<void> {
    for (let at = 0; at < records.length; at += DELETE_LIMIT) {
      const entries = records
        .slice(at, at + DELETE_LIMIT)
        .map(({ receiptHandle }, k) => ({ Id: `${k}`, ReceiptHandle: receiptHandle }));
      await this.#options.sqs("DeleteMessageBatch", { QueueUrl: this.#options.queue.url, Entries: entries });
    }
  }

  async #reappear(records: readonly SQSRecord[]): Promise<void> {
    if (this.#stopped) return;
    for (const { receiptHandle } of records) {
      await this.#options
        .sqs("ChangeMessageVisibility", {
          QueueUrl: this.#options.queue.url,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: 0,
        })
        .catch(() => {}); // then the message reappears after its visibility timeout
    }
  }
}

function toRecord(message: Message, eventSourceARN: string): SQSRecord {
  const { MessageId = "", ReceiptHandle = "", Body = "", MD5OfBody = "", Attributes = {} } = message;
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    md5OfBody: MD5OfBody,
    attributes: Attributes as unknown as SQSRecord["attributes"],
    messageAttributes: {},
    eventSource: "aws:sqs",
    eventSourceARN,
    awsRegion: eventSourceARN.split(":")[3] ?? "",
  };
}

/** The failed ids in a handler's answer; an answer without batch item failures means that all succeeded. */
function failedIds(response: unknown): Set<string> {
  const failures = (response as SQSBatchResponse | undefined)?.batchItemFailures ?? [];
  return new Set(failures.map(({ itemIdentifier }) => itemIdentifier));
}
