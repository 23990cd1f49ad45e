/** Where chunk messages meet faults, on their way from the embedded queue to workers. */
import type { SQSEvent } from "aws-lambda";
import type { SlotPool } from "../../client/local/slots.ts";
import { receivedRecord } from "../../shared/ports/aws/sqs-inbox.ts";
import type { Received } from "../../shared/ports/queue.ts";
import type { Invocations } from "./invocations.ts";
import type { FaultKind } from "./kinds.ts";
import { Mapping, type MappingOptions } from "./mapping.ts";
import type { DeliveryFault } from "./plan.ts";
import { type Admission, delayOf } from "./receiver.ts";
import { type Delivery, type Scene, type Slot, signal } from "./scene.ts";

/** Beyond the heap of a slot that is to run out of memory. */
const PADDING = "x".repeat(4 * 2 ** 20);
/** From the event to somewhere in a kernel that runs for 40 ms or more. */
const INTO_KERNEL_MS = 15;
const AT_RECEIVE: readonly FaultKind[] = ["receive burnt", "delayed delivery"];
/** Before there is anything to receive, see boundary.ts. */
const AT_SEND: readonly FaultKind[] = ["message lost"];

export interface WorkerPools {
  readonly worker: SlotPool;
  /** Slots whose process ends as it loads, and slots that have no memory to speak of. */
  readonly failing: SlotPool;
  readonly starved: SlotPool;
}

export class ChunkDeliveries {
  readonly #scene: Scene;
  readonly #pools: WorkerPools;
  readonly #invocations: Invocations;
  readonly #mapping: Mapping;
  #latest = -1;

  constructor(
    options: Pick<MappingOptions, "scene" | "receiver" | "opened">,
    pools: WorkerPools,
    invocations: Invocations,
  ) {
    this.#scene = options.scene;
    this.#pools = pools;
    this.#invocations = invocations;
    this.#mapping = new Mapping({
      ...options,
      maximumConcurrency: options.scene.plan.workers,
      admit: (message) => this.#admit(message),
      invoke: (event) => this.#work(event),
    });
  }

  stop(): Promise<void> {
    return this.#mapping.stop();
  }

  async #admit(message: Received): Promise<Admission> {
    const fault = this.#faultOf(message, (kind) => AT_RECEIVE.includes(kind));
    if (!fault) return "now";
    this.#scene.script.strike(fault);
    if (fault.kind === "delayed delivery") return { laterMs: delayOf(this.#scene.plan.seed) };
    await this.#mapping.expire(message);
    return "never";
  }

  /** One message to a worker, or to what a fault puts in its place. */
  async #work(event: SQSEvent): Promise<unknown> {
    const [record] = event.Records;
    if (!record) return undefined;
    const { worker, failing, starved } = this.#pools;
    const { script } = this.#scene;
    const message = receivedRecord(record);
    this.#noteOrder(message);
    const isLater = (kind: FaultKind) => !AT_RECEIVE.includes(kind) && !AT_SEND.includes(kind);
    const fault = this.#faultOf(message, isLater);
    const delivery: Delivery = { fault, hasStored: false, isOver: false };
    switch (fault?.kind) {
      case "worker failed at init":
        script.strike(fault);
        return this.#invocations.invoke(failing, event, { delivery, isDeadly: true });
      case "worker out of memory": {
        script.strike(fault);
        const padded = { Records: [{ ...record, md5OfBody: PADDING }] };
        return this.#invocations.invoke(starved, padded, { delivery, isDeadly: true });
      }
      case "duplicate delivery": {
        script.strike(fault);
        const second = { delivery: { ...delivery } };
        const again = this.#invocations.invoke(worker, structuredClone(event), second);
        const [answer] = await Promise.all([this.#invocations.invoke(worker, event, { delivery }), again]);
        return answer;
      }
      case "delete lost":
        this.#mapping.keep(message, fault);
        break;
    }
    const onBegin = (slot: Slot) => this.#meetAsItBegins(slot, delivery, message);
    return this.#invocations.invoke(worker, event, { delivery, onBegin });
  }

  #meetAsItBegins(slot: Slot, delivery: Delivery, message: Received): void {
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
        void this.#mapping.expire(message);
        return;
      case "worker killed in kernel":
        setTimeout(() => {
          if (delivery.isOver || delivery.hasStored) return;
          script.strike(fault);
          this.#scene.kill(slot);
        }, INTO_KERNEL_MS);
    }
  }

  #faultOf(
    { body, receiveCount }: Received,
    isWanted: (kind: FaultKind) => boolean,
  ): DeliveryFault | undefined {
    return this.#scene.script.delivery(chunksIn(body), receiveCount, isWanted);
  }

  /** Notes a message that was sent before one that came earlier. */
  #noteOrder({ body, receiveCount }: Received): void {
    const { plan, script } = this.#scene;
    const fault = script.fleet("reordered delivery");
    const [first] = chunksIn(body);
    const sent = plan.messages.findIndex((message) => message[0] === first);
    if (fault && receiveCount === 1 && sent < this.#latest && !script.struck.has(fault)) script.strike(fault);
    this.#latest = Math.max(this.#latest, sent);
  }
}

function chunksIn(body: string): number[] {
  return (JSON.parse(body) as { chunks: number[] }).chunks;
}
