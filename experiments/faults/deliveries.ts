/** Where messages meet faults, on their way from the embedded queues to the functions. */
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { EventSource, type EventSourceOptions } from "../../cli/local/event-source.ts";
import type { LocalQueue } from "../../cli/local/local-cloud.ts";
import { SlotDiedError, type SlotPool } from "../../cli/local/slots.ts";
import type { SqsCall } from "../../cli/local/sqs-call.ts";
import type { FaultKind } from "./kinds.ts";
import type { DeliveryFault, Fault, ResultFault } from "./plan.ts";
import type { Admission, Message, Receiver } from "./receiver.ts";
import { type Delivery, type Scene, type Slot, signal } from "./scene.ts";

/** Pads a record beyond the heap of a slot that is to run out of memory. */
const PADDING = "x".repeat(4 * 2 ** 20);
/** From the event to somewhere in a kernel that runs for 40 ms or more. */
const INTO_KERNEL_MS = 15;
const AT_RECEIVE: readonly FaultKind[] = ["receive burnt", "delayed delivery"];
/** They strike while the function runs, see boundary.ts, or before there were messages. */
const ELSEWHERE: readonly FaultKind[] = ["message lost"];

export interface Functions {
  readonly worker: SlotPool;
  readonly aggregator: SlotPool;
  /** Slots whose process ends as it loads, and slots that have no memory to speak of. */
  readonly failing: SlotPool;
  readonly starved: SlotPool;
}

export class Deliveries {
  readonly #scene: Scene;
  readonly #functions: Functions;
  readonly #sqs: SqsCall;
  readonly #stop = new AbortController();
  readonly #sources: EventSource[] = [];
  /** By the event that a slot is given: what it is, and who is told as it begins. */
  readonly #events = new Map<
    unknown,
    { readonly delivery?: Delivery; onBegin?(slot: Slot): void; slot?: Slot }
  >();
  readonly #resultFaults = new Map<string, ResultFault>();
  /** Receipt handles whose deletion will not happen. */
  readonly #undeletable = new Map<string, Fault>();
  #latest = -1;

  constructor(scene: Scene, functions: Functions, sqs: SqsCall) {
    this.#scene = scene;
    this.#functions = functions;
    this.#sqs = sqs;
  }

  /** Functions that run, by their slots as far as they have one. */
  get running(): string[] {
    return [...this.#events.values()].map(({ slot }) => slot?.name ?? "a function without a slot");
  }

  /** To be told by the pools. */
  begin(slot: Slot, event: unknown): void {
    const known = this.#events.get(event);
    if (!known) return;
    known.slot = slot;
    if (known.delivery) this.#scene.began(slot, known.delivery);
    known.onBegin?.(slot);
  }

  startChunks(receiver: Receiver, queue: LocalQueue): void {
    this.#start(receiver, (message) => this.#admitChunks(message, receiver), {
      ...{ queue, batchSize: 1, batchingWindowMs: 0, maximumConcurrency: this.#scene.plan.workers },
      invoke: (event) => this.#work(event, receiver),
    });
  }

  startResults(receiver: Receiver, queue: LocalQueue): void {
    const { aggregators: maximumConcurrency, resultBatches } = this.#scene.plan;
    this.#start(receiver, (message) => this.#admitResult(message, receiver), {
      ...{ queue, ...resultBatches, maximumConcurrency },
      invoke: (event) => this.#aggregate(event, receiver),
    });
  }

  startDeadLetters(receiver: Receiver, queue: LocalQueue): void {
    this.#start(receiver, async (message) => this.#isForeign(message, receiver), {
      ...{ queue, batchSize: 10, batchingWindowMs: 0, maximumConcurrency: 1 },
      invoke: (event) => this.#aggregate(event, receiver),
    });
  }

  /** Reports that nobody could handle. */
  startUndelivered(receiver: Receiver, queue: LocalQueue): void {
    this.#start(receiver, async (message) => this.#isForeign(message, receiver), {
      ...{ queue, batchSize: 1, batchingWindowMs: 0, maximumConcurrency: 1 },
      invoke: async ({ Records }) => {
        for (const { body } of Records)
          this.#scene.problem(`a result message was given up: ${body.slice(0, 300)}`);
      },
    });
  }

  async stop(): Promise<void> {
    const stopping = this.#sources.map((source) => source.stop());
    this.#stop.abort();
    await Promise.all(stopping);
  }

  #start(
    receiver: Receiver,
    admit: (message: Message) => Promise<Admission>,
    options: Omit<EventSourceOptions, "sqs">,
  ): void {
    const { plan, script } = this.#scene;
    const sqs = async (action: string, input: object): Promise<object> => {
      if (action === "ReceiveMessage")
        return { Messages: await receiver.receive(input, admit, this.#stop.signal) };
      return action === "DeleteMessageBatch"
        ? this.#delete(input as DeleteInput, receiver)
        : this.#sqs(action, input);
    };
    const source = new EventSource({
      ...options,
      sqs: sqs as SqsCall,
      shuffleSeed: script.fleet("reordered delivery") ? plan.seed : undefined,
    });
    this.#sources.push(source);
    source.start();
  }

  async #delete({ Entries, ...input }: DeleteInput, receiver: Receiver): Promise<object> {
    const kept = Entries.filter(({ ReceiptHandle }) => this.#undeletable.has(ReceiptHandle));
    const deleted = Entries.filter((entry) => !kept.includes(entry));
    for (const { ReceiptHandle } of kept) {
      this.#scene.script.strike(this.#undeletable.get(ReceiptHandle)!);
      await receiver.makeVisible(ReceiptHandle);
    }
    return deleted.length > 0 ? this.#sqs("DeleteMessageBatch", { ...input, Entries: deleted }) : {};
  }

  /** Checks of jobs that are over are nobody's business any more. */
  async #isForeign({ Body, ReceiptHandle }: Message, receiver: Receiver): Promise<Admission> {
    if (Body.includes(`"jobId":"${this.#scene.jobId}"`)) return "now";
    await receiver.remove(ReceiptHandle);
    return "never";
  }

  async #admitChunks(message: Message, receiver: Receiver): Promise<Admission> {
    if ((await this.#isForeign(message, receiver)) === "never") return "never";
    const fault = this.#faultOf(message.Body, message.Attributes.ApproximateReceiveCount, AT_RECEIVE);
    return fault ? this.#meetAtReceive(fault, message, receiver) : "now";
  }

  async #admitResult(message: Message, receiver: Receiver): Promise<Admission> {
    if ((await this.#isForeign(message, receiver)) === "never") return "never";
    const isReport = message.Body.includes('"kind":"report"');
    if (!isReport || message.Attributes.ApproximateReceiveCount !== "1") return "now";
    const fault = this.#scene.script.result();
    if (!fault) return "now";
    if (AT_RECEIVE.includes(fault.kind)) return this.#meetAtReceive(fault, message, receiver);
    this.#resultFaults.set(message.ReceiptHandle, fault);
    return "now";
  }

  async #meetAtReceive(fault: Fault, { ReceiptHandle }: Message, receiver: Receiver): Promise<Admission> {
    this.#scene.script.strike(fault);
    if (fault.kind === "delayed delivery") return { laterMs: 50 + (this.#scene.plan.seed % 8) * 50 };
    await receiver.makeVisible(ReceiptHandle);
    return "never";
  }

  #faultOf(body: string, receiveCount: string, kinds?: readonly FaultKind[]): DeliveryFault | undefined {
    const { chunks } = JSON.parse(body) as { chunks: number[] };
    const isWanted = (kind: FaultKind) =>
      kinds ? kinds.includes(kind) : !AT_RECEIVE.includes(kind) && !ELSEWHERE.includes(kind);
    return this.#scene.script.delivery(chunks, Number(receiveCount), isWanted);
  }

  /** One chunk message to a worker, or to what a fault puts in its place. */
  async #work(event: SQSEvent, receiver: Receiver): Promise<unknown> {
    const [record] = event.Records;
    if (!record) return undefined;
    const { worker, failing, starved } = this.#functions;
    const { script } = this.#scene;
    this.#noteOrder(record);
    const fault = this.#faultOf(record.body, record.attributes.ApproximateReceiveCount);
    const delivery: Delivery = { fault, hasStored: false, isOver: false };
    switch (fault?.kind) {
      case "worker failed at init":
        script.strike(fault);
        return this.#invoke(failing, event, { delivery, isDeadly: true });
      case "worker out of memory": {
        script.strike(fault);
        const padded = { Records: [{ ...record, md5OfBody: PADDING }] };
        return this.#invoke(starved, padded, { delivery, isDeadly: true });
      }
      case "duplicate delivery": {
        script.strike(fault);
        const again = this.#invoke(worker, structuredClone(event), { delivery: { ...delivery } });
        const [answer] = await Promise.all([this.#invoke(worker, event, { delivery }), again]);
        return answer;
      }
      case "delete lost":
        this.#undeletable.set(record.receiptHandle, fault);
        break;
    }
    const onBegin = (slot: Slot) => this.#meetAsItBegins(slot, delivery, record, receiver);
    return this.#invoke(worker, event, { delivery, onBegin });
  }

  #meetAsItBegins(slot: Slot, delivery: Delivery, { receiptHandle }: SQSRecord, receiver: Receiver): void {
    const { fault } = delivery;
    const { script } = this.#scene;
    switch (fault?.kind) {
      case "worker killed before compute":
        script.strike(fault);
        this.#scene.kill(slot);
        return;
      case "worker hung":
        script.strike(fault);
        this.#scene.doom(slot);
        signal(slot, "SIGSTOP");
        return;
      case "visibility expired":
        script.strike(fault);
        void receiver.makeVisible(receiptHandle);
        return;
      case "worker killed in kernel":
        setTimeout(() => {
          if (delivery.isOver || delivery.hasStored) return;
          script.strike(fault);
          this.#scene.kill(slot);
        }, INTO_KERNEL_MS);
    }
  }

  async #aggregate(event: SQSEvent, receiver: Receiver): Promise<unknown> {
    const { script } = this.#scene;
    let isTwice = false;
    const expired: string[] = [];
    for (const { receiptHandle } of event.Records) {
      const fault = this.#resultFaults.get(receiptHandle);
      if (!fault) continue;
      this.#resultFaults.delete(receiptHandle);
      if (fault.kind === "delete lost") this.#undeletable.set(receiptHandle, fault);
      else script.strike(fault);
      if (fault.kind === "duplicate delivery") isTwice = true;
      if (fault.kind === "visibility expired") expired.push(receiptHandle);
    }
    const { aggregator } = this.#functions;
    const onBegin = () => void Promise.all(expired.map((handle) => receiver.makeVisible(handle)));
    const again = isTwice ? this.#invoke(aggregator, structuredClone(event), {}).catch(() => {}) : undefined;
    const [answer] = await Promise.all([this.#invoke(aggregator, event, { onBegin }), again]);
    const { dropped = 0 } = answer as { dropped?: number };
    if (dropped > 0) this.#scene.problem(`the aggregator dropped ${dropped} messages`);
    return answer;
  }

  /** Nothing ends a function but what was planned. */
  async #invoke(
    pool: SlotPool,
    event: SQSEvent,
    {
      delivery,
      onBegin,
      isDeadly = false,
    }: { delivery?: Delivery; onBegin?: (slot: Slot) => void; isDeadly?: boolean },
  ): Promise<unknown> {
    const startedMs = performance.now();
    this.#events.set(event, { ...(delivery && { delivery }), ...(onBegin && { onBegin }) });
    try {
      const answer = await pool.invoke(event);
      if (isDeadly) this.#scene.problem(`a slot survived ${delivery?.fault?.kind}`);
      return answer;
    } catch (error) {
      const isMeant = isDeadly || this.#scene.isDoomed(this.#events.get(event)?.slot);
      const afterMs = Math.round(performance.now() - startedMs);
      if (!(error instanceof SlotDiedError && isMeant))
        this.#scene.problem(`a function failed after ${afterMs} ms: ${error}`);
      throw error;
    } finally {
      if (delivery) delivery.isOver = true;
      this.#events.delete(event);
    }
  }

  /** A message that was sent before one that came earlier. */
  #noteOrder({ body, attributes }: SQSRecord): void {
    const { plan, script } = this.#scene;
    const fault = script.fleet("reordered delivery");
    const { chunks } = JSON.parse(body) as { chunks: number[] };
    const sent = plan.messages.findIndex((message) => message[0] === chunks[0]);
    if (
      fault &&
      attributes.ApproximateReceiveCount === "1" &&
      sent < this.#latest &&
      !script.struck.has(fault)
    )
      script.strike(fault);
    this.#latest = Math.max(this.#latest, sent);
  }
}

interface DeleteInput {
  readonly QueueUrl: string;
  readonly Entries: readonly { readonly Id: string; readonly ReceiptHandle: string }[];
}
