/** Receives messages for event sources, which come and go with scenarios; a poll that is under way outlives them. */
import type { LocalQueue } from "../../cli/local/local-cloud.ts";
import type { SqsCall } from "../../cli/local/sqs-call.ts";

export interface Message {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly Attributes: { readonly ApproximateReceiveCount: string };
}

/** The fate of a received message: handed on at once, after a delay, or never. */
export type Admission = "now" | "never" | { readonly laterMs: number };

/** How long (ms) a scenario's messages are held back. */
export function delayOf(seed: number): number {
  return 50 + (seed % 8) * 50;
}

export class Receiver {
  readonly #sqs: SqsCall;
  readonly #queue: LocalQueue;
  #poll: Promise<readonly Message[]> | undefined;
  #late: Message[] = [];
  #wake = () => {};

  constructor(sqs: SqsCall, queue: LocalQueue) {
    this.#sqs = sqs;
    this.#queue = queue;
  }

  /** The next messages; none once `signal` is aborted. */
  async receive(
    input: object,
    admit: (message: Message) => Promise<Admission>,
    signal: AbortSignal,
  ): Promise<readonly Message[]> {
    while (!signal.aborted) {
      const late = this.#late.splice(0);
      if (late.length > 0) return late;
      this.#poll ??= this.#ask(input);
      const { promise: woken, resolve: wake } = Promise.withResolvers<undefined>();
      this.#wake = () => wake(undefined);
      signal.addEventListener("abort", this.#wake, { once: true });
      const messages = await Promise.race([this.#poll, woken]).finally(() =>
        signal.removeEventListener("abort", this.#wake),
      );
      if (!messages) continue;
      this.#poll = undefined;
      const admitted: Message[] = [];
      for (const message of messages) {
        const admission = await admit(message);
        if (admission === "now") admitted.push(message);
        else if (admission !== "never") this.#hold(message, admission.laterMs);
      }
      return admitted;
    }
    return [];
  }

  async makeVisible(receiptHandle: string): Promise<void> {
    const input = { QueueUrl: this.#queue.url, ReceiptHandle: receiptHandle, VisibilityTimeout: 0 };
    await this.#sqs("ChangeMessageVisibility", input);
  }

  async remove(receiptHandle: string): Promise<void> {
    await this.#sqs("DeleteMessage", { QueueUrl: this.#queue.url, ReceiptHandle: receiptHandle });
  }

  async #ask(input: object): Promise<readonly Message[]> {
    try {
      return (await this.#sqs<{ Messages?: Message[] }>("ReceiveMessage", input)).Messages ?? [];
    } catch (error) {
      this.#poll = undefined;
      throw error;
    }
  }

  #hold(message: Message, laterMs: number): void {
    setTimeout(() => {
      this.#late.push(message);
      this.#wake();
    }, laterMs);
  }
}
