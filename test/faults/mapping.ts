/** An event source that faults stand around: for one queue and one scenario. */
import { EventSource, type EventSourceOptions } from "../../cli/local/event-source.ts";
import type { SqsCall } from "../../cli/local/sqs-call.ts";
import type { Fault } from "./plan.ts";
import type { Admission, Message, Receiver } from "./receiver.ts";
import type { Scene } from "./scene.ts";

export interface MappingOptions extends Pick<EventSourceOptions, "queue" | "maximumConcurrency" | "invoke"> {
  readonly scene: Scene;
  readonly receiver: Receiver;
  readonly sqs: SqsCall;
  readonly batchSize?: number;
  readonly batchingWindowMs?: number;
  /** What becomes of a message; every one goes to the function where there is none. */
  readonly admit?: (message: Message) => Promise<Admission>;
}

interface DeleteInput {
  readonly QueueUrl: string;
  readonly Entries: readonly { readonly Id: string; readonly ReceiptHandle: string }[];
}

export class Mapping {
  readonly #options: MappingOptions;
  readonly #source: EventSource;
  readonly #stop = new AbortController();
  /** By receipt handle: deletions that will not happen. */
  readonly #undeletable = new Map<string, Fault>();

  constructor(options: MappingOptions) {
    const { scene, receiver, admit, ...rest } = options;
    this.#options = options;
    this.#source = new EventSource({
      ...{ batchSize: 1, batchingWindowMs: 0, ...rest },
      sqs: ((action: string, input: object) => this.#call(action, input)) as SqsCall,
      shuffleSeed: scene.script.fleet("reordered delivery") ? scene.plan.seed : undefined,
    });
    this.#source.start();
  }

  /** The deletion of that message will be answered and not done. */
  keep({ receiptHandle }: { readonly receiptHandle: string }, fault: Fault): void {
    this.#undeletable.set(receiptHandle, fault);
  }

  /** As if its visibility timeout were over. */
  async expire({ receiptHandle }: { readonly receiptHandle: string }): Promise<void> {
    await this.#options.receiver.makeVisible(receiptHandle);
  }

  async stop(): Promise<void> {
    const stopping = this.#source.stop();
    this.#stop.abort();
    await stopping;
  }

  async #call(action: string, input: object): Promise<object> {
    const { receiver, sqs } = this.#options;
    if (action === "ReceiveMessage") {
      const admit = (message: Message) => this.#admit(message);
      return { Messages: await receiver.receive(input, admit, this.#stop.signal) };
    }
    return action === "DeleteMessageBatch" ? this.#delete(input as DeleteInput) : sqs(action, input);
  }

  async #admit(message: Message): Promise<Admission> {
    const { scene, receiver, admit } = this.#options;
    if (message.Body.includes(`"jobId":"${scene.jobId}"`)) return (await admit?.(message)) ?? "now";
    // A check of a job that is over has nothing to do any more.
    await receiver.remove(message.ReceiptHandle);
    return "never";
  }

  async #delete({ Entries, ...input }: DeleteInput): Promise<object> {
    const { scene, receiver, sqs } = this.#options;
    const kept = Entries.filter(({ ReceiptHandle }) => this.#undeletable.has(ReceiptHandle));
    const deleted = Entries.filter((entry) => !kept.includes(entry));
    for (const { ReceiptHandle } of kept) {
      scene.script.strike(this.#undeletable.get(ReceiptHandle)!);
      await receiver.makeVisible(ReceiptHandle);
    }
    return deleted.length > 0 ? sqs("DeleteMessageBatch", { ...input, Entries: deleted }) : {};
  }
}
