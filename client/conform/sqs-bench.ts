import type { Store } from "../../shared/ports/store.ts";
import type { AnsweredRequest, LocalCloud } from "../local/local-cloud.ts";
import { type Bench, type Seen, type Step, seenOf, soon } from "./bench.ts";
import type { Gate } from "./gate.ts";
import { GoldenJob } from "./golden-job.ts";

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

/** On an SQS and an S3 of its own, whose requests it sees. */
export class SqsBench implements Bench {
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
      await soon(done, this.#ended, this.#mostMs);
      return seenOf(steps, this.#messageId);
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

  get #messageId(): string {
    return this.#received?.MessageId ?? "";
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
}
