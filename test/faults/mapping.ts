/** An event source that faults stand around: for one queue and one scenario. */
import { EventSource, type EventSourceOptions } from "../../client/local/event-source.ts";
import { inEvents } from "../../client/local/function-events.ts";
import type { Inbox, Received } from "../../shared/ports/queue.ts";
import type { Fault } from "./plan.ts";
import type { Admission, Receiver } from "./receiver.ts";
import type { Scene } from "./scene.ts";

export interface MappingOptions extends Pick<EventSourceOptions, "maximumConcurrency"> {
  readonly scene: Scene;
  readonly receiver: Receiver;
  /** The function. */
  readonly invoke: Parameters<typeof inEvents>[0];
  readonly batchSize?: number;
  readonly batchingWindowMs?: number;
  /** Nothing is received before. */
  readonly opened?: Promise<void>;
  /** What becomes of a message; every one goes to the function where there is none. */
  readonly admit?: (message: Received) => Promise<Admission>;
}

export class Mapping {
  readonly #options: MappingOptions;
  readonly #source: EventSource;
  readonly #stop = new AbortController();
  /** By their handles: messages that will be acknowledged in vain. */
  readonly #kept = new Map<string, Fault>();

  constructor(options: MappingOptions) {
    const { scene, receiver, admit: _, invoke, opened, ...rest } = options;
    this.#options = options;
    const inbox: Inbox = {
      receive: async (most, waitMs) => {
        await opened;
        return receiver.receive(most, waitMs, {
          admit: (message) => this.#admit(message),
          signal: this.#stop.signal,
        });
      },
      acknowledge: (messages) => this.#acknowledge(messages),
      postpone: (message, ms) => receiver.inbox.postpone(message, ms),
      release: (messages, ms) => receiver.inbox.release(messages, ms),
    };
    this.#source = new EventSource({
      ...{ batchSize: 1, batchingWindowMs: 0, ...rest, inbox },
      work: inEvents(invoke),
      shuffleSeed: scene.script.fleet("reordered delivery") ? scene.plan.seed : undefined,
    });
    this.#source.start();
  }

  /** The deletion of that message will be answered and not done. */
  keep({ handle }: Received, fault: Fault): void {
    this.#kept.set(handle, fault);
  }

  /** As if its visibility timeout were over. */
  async expire(message: Received): Promise<void> {
    await this.#options.receiver.inbox.postpone(message, 0);
  }

  async stop(): Promise<void> {
    const stopping = this.#source.stop();
    this.#stop.abort();
    await stopping;
  }

  async #admit(message: Received): Promise<Admission> {
    const { scene, receiver, admit } = this.#options;
    if (message.body.includes(`"jobId":"${scene.jobId}"`)) return (await admit?.(message)) ?? "now";
    // A check of a job that is over is nobody's business any more.
    await receiver.inbox.acknowledge([message]);
    return "never";
  }

  async #acknowledge(messages: readonly Received[]): Promise<void> {
    const { scene, receiver } = this.#options;
    const kept = messages.filter(({ handle }) => this.#kept.has(handle));
    for (const message of kept) {
      scene.script.strike(this.#kept.get(message.handle)!);
      await receiver.inbox.postpone(message, 0);
    }
    await receiver.inbox.acknowledge(messages.filter((message) => !kept.includes(message)));
  }
}
