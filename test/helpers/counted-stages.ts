import { aggregate } from "../../functions/aggregator/aggregate.ts";
import { parseResultMessage, type ReportMessage } from "../../shared/messages/chunk-report.ts";
import { KEYS_A_LIST, MESSAGES_A_REQUEST } from "../../shared/ports/request-limits.ts";
import type { Plan, Requests } from "../../shared/record/plan.ts";
import type { MemoryQueue } from "./memory-queue.ts";
import { Stages } from "./stages.ts";

type Stage = keyof Plan["requests"];
type Counts = { -readonly [Kind in keyof Requests]: number };

const none = (): Counts => ({
  ...{ invocations: 0, send: 0, receive: 0, delete: 0, depth: 0 },
  ...{ put: 0, get: 0, list: 0 },
});

/** The stages, of which each call of a queue or the store counts as the requests that SQS and S3 would get. */
export class CountedStages extends Stages {
  made!: Record<Stage, Counts>;
  #at: Stage = "splitter";

  constructor() {
    super();
    this.countAnew();
  }

  countAnew(): void {
    this.made = { splitter: none(), worker: none(), aggregator: none() };
  }

  override get ports() {
    const ports = super.ports;
    const made = this.made[this.#at];
    return { ...ports, store: this.#countedStore(made), ...this.#countedQueues(made) };
  }

  override split(request: unknown, fallbackId?: string) {
    this.#at = "splitter";
    this.made.splitter.invocations++;
    return super.split(request, fallbackId);
  }

  override work(body: string, receiveCount?: number) {
    this.#deliver("worker");
    return super.work(body, receiveCount);
  }

  override aggregate(body: string) {
    this.#deliver("aggregator");
    return super.aggregate(body);
  }

  /** Delivers up to ten reports of one job in a batch. */
  aggregateTogether(jobId: string, bodies: readonly string[]) {
    this.#deliver("aggregator");
    const reports = bodies.map((body) => parseResultMessage(body) as ReportMessage);
    return aggregate(jobId, reports, this.ports);
  }

  /** As a mapping does: received, handed over alone, deleted. */
  #deliver(stage: Stage): void {
    this.#at = stage;
    const made = this.made[stage];
    made.invocations++;
    made.receive++;
    made.delete++;
  }

  #countedStore(made: Counts) {
    const { store } = this;
    return Object.assign(Object.create(store) as typeof store, {
      get: (...request: Parameters<typeof store.get>) => {
        made.get++;
        return store.get(...request);
      },
      put: (...request: Parameters<typeof store.put>) => {
        made.put++;
        return store.put(...request);
      },
      putIfAbsent: (...request: Parameters<typeof store.putIfAbsent>) => {
        made.put++;
        return store.putIfAbsent(...request);
      },
      putStream: (...request: Parameters<typeof store.putStream>) => {
        made.put++;
        return store.putStream(...request);
      },
      async *list(prefix: string) {
        let keys = 0;
        for await (const key of store.list(prefix)) {
          keys++;
          yield key;
        }
        made.list += Math.max(1, Math.ceil(keys / KEYS_A_LIST));
      },
    });
  }

  #countedQueues(made: Counts) {
    const counted = (queue: MemoryQueue): MemoryQueue =>
      Object.assign(Object.create(queue) as MemoryQueue, {
        send: async (...request: Parameters<MemoryQueue["send"]>) => {
          const sent = await queue.send(...request);
          made.send += Math.ceil(sent / MESSAGES_A_REQUEST);
          return sent;
        },
        depth: () => {
          made.depth++;
          return queue.depth();
        },
      });
    return { chunks: counted(this.chunks), results: counted(this.results) };
  }
}
