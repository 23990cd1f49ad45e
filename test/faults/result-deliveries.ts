/** Reports meet faults here, on their way from the embedded queue to aggregators; dead letters meet none. */
import type { SQSEvent } from "aws-lambda";
import type { SlotPool } from "../../client/local/slots.ts";
import { receivedRecord } from "../../shared/ports/aws/sqs-inbox.ts";
import type { Received } from "../../shared/ports/queue.ts";
import type { Invocations } from "./invocations.ts";
import { Mapping, type MappingOptions } from "./mapping.ts";
import type { ResultFault } from "./plan.ts";
import { type Admission, delayOf } from "./receiver.ts";
import type { Scene } from "./scene.ts";

type Queue = Pick<MappingOptions, "scene" | "receiver">;

const DEAD_LETTERS = 10;

export class ResultDeliveries {
  readonly #scene: Scene;
  readonly #aggregator: SlotPool;
  readonly #invocations: Invocations;
  readonly #results: Mapping;
  readonly #others: readonly Mapping[];
  readonly #faults = new Map<string, ResultFault>();

  constructor(
    queues: { readonly results: Queue; readonly deadLetters: Queue; readonly undelivered: Queue },
    aggregator: SlotPool,
    invocations: Invocations,
  ) {
    this.#scene = queues.results.scene;
    this.#aggregator = aggregator;
    this.#invocations = invocations;
    const { aggregators: maximumConcurrency, resultBatches } = this.#scene.plan;
    const invoke = (event: SQSEvent) => this.#aggregate(event);
    this.#results = new Mapping({
      ...{ ...queues.results, ...resultBatches, maximumConcurrency, invoke },
      admit: (message) => this.#admit(message),
    });
    this.#others = [
      new Mapping({ ...queues.deadLetters, batchSize: DEAD_LETTERS, maximumConcurrency: 1, invoke }),
      new Mapping({
        ...queues.undelivered,
        maximumConcurrency: 1,
        invoke: async (event) => this.#giveUp(event),
      }),
    ];
  }

  async stop(): Promise<void> {
    await Promise.all([this.#results, ...this.#others].map((mapping) => mapping.stop()));
  }

  async #admit(message: Received): Promise<Admission> {
    if (!message.body.includes('"kind":"report"') || message.receiveCount > 1) return "now";
    const { script, plan } = this.#scene;
    const fault = script.result();
    if (fault?.kind === "delayed delivery") {
      script.strike(fault);
      return { laterMs: delayOf(plan.seed) };
    }
    if (fault?.kind === "receive burnt") {
      script.strike(fault);
      await this.#results.expire(message);
      return "never";
    }
    if (fault) this.#faults.set(message.handle, fault);
    return "now";
  }

  async #aggregate(event: SQSEvent): Promise<unknown> {
    const met = event.Records.map(receivedRecord).flatMap((message) => {
      const fault = this.#faults.get(message.handle);
      this.#faults.delete(message.handle);
      return fault ? [{ message, fault }] : [];
    });
    const { script } = this.#scene;
    for (const { message, fault } of met) {
      if (fault.kind === "delete lost") this.#results.keep(message, fault);
      else script.strike(fault);
    }
    const expired = met.filter(({ fault }) => fault.kind === "visibility expired");
    const onBegin = () => void Promise.all(expired.map(({ message }) => this.#results.expire(message)));
    const isTwice = met.some(({ fault }) => fault.kind === "duplicate delivery");
    const invoke = (what: SQSEvent, expectations = {}) =>
      this.#invocations.invoke(this.#aggregator, what, expectations);
    const again = isTwice ? invoke(structuredClone(event)).catch(() => {}) : undefined;
    const [answer] = await Promise.all([invoke(event, { onBegin }), again]);
    const { dropped = 0 } = answer as { dropped?: number };
    if (dropped > 0) this.#scene.problem(`the aggregator dropped ${dropped} messages`);
    return answer;
  }

  #giveUp({ Records }: SQSEvent): void {
    for (const { body } of Records)
      this.#scene.problem(`a result message was given up: ${body.slice(0, 300)}`);
  }
}
