import { type ChunkMessage, parseChunkMessage } from "../../shared/messages/chunk-message.ts";
import { parseResultMessage, type ReportMessage } from "../../shared/messages/chunk-report.ts";
import type { Store } from "../../shared/ports/store.ts";
import { describeError } from "../../shared/validation/errors.ts";
import type { AnsweredRequest, LocalCloud } from "../local/local-cloud.ts";
import { expectThat, FailedCheck } from "./failed-check.ts";
import type { Gate } from "./gate.ts";
import { GoldenJob } from "./golden-job.ts";

/** What a worker asked of store and queues about one message, in the order in which it was answered. */
export interface Seen {
  readonly isAcknowledged: boolean;
  /** How long the message was hidden when it was handed back. */
  readonly pauseSeconds: number | undefined;
  readonly steps: readonly Step[];
  readonly reports: readonly ReportMessage[];
  /** Bodies that the worker sent to the chunk queue, and how long each is delayed there. */
  readonly sentAgain: readonly Sent[];
  readonly messageId: string;
}

interface Sent {
  readonly body: string;
  readonly delaySeconds: number;
}

export type Step =
  | { readonly kind: "put"; readonly key: string; readonly status: number }
  | { readonly kind: "sent"; readonly queue: "chunks" | "results"; readonly sent: readonly Sent[] }
  | { readonly kind: "acknowledged" }
  | { readonly kind: "handed back"; readonly seconds: number };

interface SqsBody {
  readonly QueueUrl?: string;
  readonly ReceiptHandle?: string;
  readonly VisibilityTimeout?: number;
  readonly Entries?: readonly {
    readonly ReceiptHandle?: string;
    readonly MessageBody?: string;
    readonly DelaySeconds?: number;
  }[];
}

interface Message {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
}

/** Gives a worker messages, one at a time, and sees what it makes of them. */
export class Bench {
  readonly store: Store;
  readonly #cloud: LocalCloud;
  readonly #gate: Gate;
  readonly #mostMs: number;
  /** Rejects when the worker's process ends. */
  readonly #ended: Promise<never>;
  #jobs = 0;
  #onStep: (step: Step) => void = () => {};
  #onTaken = () => {};
  #received: Message | undefined;

  constructor(cloud: LocalCloud, store: Store, gate: Gate, ended: Promise<never>, mostSeconds: number) {
    this.#cloud = cloud;
    this.store = store;
    this.#gate = gate;
    this.#ended = ended;
    this.#mostMs = 1000 * mostSeconds;
  }

  /** A job of its own for a check. */
  job(request: object): Promise<GoldenJob> {
    return GoldenJob.submit(this.store, request, `conform-${++this.#jobs}`);
  }

  /**
   * Gives the worker a message, as its `delivery`th delivery, and waits until it has acknowledged or handed it back. Throws FailedCheck
   * where that takes too long, or the worker ends. `onTaken` is called when the worker has got it.
   */
  async give(body: string, delivery = 1, onTaken = () => {}): Promise<Seen> {
    const { url: QueueUrl } = this.#cloud.queues.chunks;
    await this.#cloud.sqs("SendMessage", { QueueUrl, MessageBody: body });
    for (let earlier = 1; earlier < delivery; earlier++) {
      const { Messages: [message] = [] } = await this.#cloud.sqs<{ Messages?: Message[] }>("ReceiveMessage", {
        QueueUrl,
      });
      const { ReceiptHandle } = message!;
      await this.#cloud.sqs("ChangeMessageVisibility", { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
    }
    const steps: Step[] = [];
    const { promise: done, resolve } = Promise.withResolvers<void>();
    this.#received = undefined;
    this.#onTaken = onTaken;
    this.#onStep = (step) => {
      steps.push(step);
      if (step.kind === "acknowledged" || (step.kind === "handed back" && step.seconds === 0)) resolve();
    };
    // A message that is hidden was handed back if the worker then asks for another one; else it was a beat.
    this.#gate.onAsked = () => steps.at(-1)?.kind === "handed back" && resolve();
    this.#gate.letOneThrough();
    try {
      await this.#soon(done, "the worker to acknowledge the message, or to hand it back");
      return this.#seen(steps);
    } finally {
      this.#onStep = () => {};
      this.#gate.onAsked = () => {};
      this.#gate.close();
      await this.#clear();
    }
  }

  /** Is told of every request that was answered. */
  readonly onAnswered = ({ method, url, headers, body, status, answer }: AnsweredRequest): void => {
    if (headers.authorization === undefined) return; // our own
    const operation = String(headers["x-amz-target"] ?? "").replace("AmazonSQS.", "");
    const asked = body as SqsBody;
    if (method === "PUT") {
      const [, key = ""] = /^\/[^/]+\/([^?]*)/.exec(url) ?? [];
      this.#onStep({ kind: "put", key: decodeURIComponent(key), status });
    } else if (operation === "ReceiveMessage") {
      const { Messages: [message] = [] } = (answer ?? {}) as { Messages?: Message[] };
      if (!message) return;
      this.#received = message;
      this.#onTaken();
    } else if (operation === "SendMessageBatch" && status === 200) {
      const queue = asked.QueueUrl === this.#cloud.queues.results.url ? "results" : "chunks";
      this.#onStep({
        kind: "sent",
        queue,
        sent: (asked.Entries ?? []).map(({ MessageBody: body = "", DelaySeconds: delaySeconds = 0 }) => ({
          body,
          delaySeconds,
        })),
      });
    } else if (operation === "DeleteMessageBatch" && status === 200) this.#onStep({ kind: "acknowledged" });
    else if (operation === "ChangeMessageVisibility" && status === 200)
      this.#onStep({ kind: "handed back", seconds: asked.VisibilityTimeout ?? 0 });
  };

  #seen(steps: readonly Step[]): Seen {
    const sentTo = (to: "chunks" | "results") =>
      steps.flatMap((step) => (step.kind === "sent" && step.queue === to ? step.sent : []));
    const last = steps.at(-1);
    return {
      isAcknowledged: last?.kind === "acknowledged",
      pauseSeconds: last?.kind === "handed back" ? last.seconds : undefined,
      steps,
      reports: sentTo("results")
        .map(({ body }) => readable(body, parseResultMessage))
        .filter((each) => each.kind === "report"),
      sentAgain: sentTo("chunks"),
      messageId: this.#received?.MessageId ?? "",
    };
  }

  /** Removes what a check leaves in the queue: a message that was handed back, and those that the worker sent. */
  async #clear(): Promise<void> {
    const { url: QueueUrl } = this.#cloud.queues.chunks;
    const remove = ({ ReceiptHandle }: Message) =>
      this.#cloud.sqs("DeleteMessage", { QueueUrl, ReceiptHandle }).catch(() => {}); // the worker deleted it
    if (this.#received) await remove(this.#received);
    for (;;) {
      const { Messages = [] } = await this.#cloud.sqs<{ Messages?: Message[] }>("ReceiveMessage", {
        ...{ QueueUrl, MaxNumberOfMessages: 10 },
      });
      if (Messages.length === 0) return;
      for (const message of Messages) await remove(message);
    }
  }

  /** Throws FailedCheck. */
  async #soon<Value>(event: Promise<Value>, what: string): Promise<Value> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const seconds = this.#mostMs / 1000;
    const timer = setTimeout(
      () => reject(new FailedCheck(`Expected ${what} within ${seconds} s, it did neither.`)),
      this.#mostMs,
    );
    try {
      return await Promise.race([event, late, this.#ended]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The messages that the worker sent again. Throws FailedCheck where the schema refuses one. */
export const readAgain = ({ sentAgain }: Seen): ChunkMessage[] =>
  sentAgain.map(({ body }) => readable(body, parseChunkMessage));

/** Throws FailedCheck where the schema refuses what the worker sent. */
function readable<Value>(body: string, parseBody: (body: string) => Value): Value {
  try {
    return parseBody(body);
  } catch (error) {
    expectThat(false, "a message that its schema accepts", describeError(error));
  }
}
