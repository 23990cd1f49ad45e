import type { Inbox, MeasuredQueue, Received } from "../../shared/ports/queue.ts";
import { MAX_RECEIVE_COUNT } from "../../shared/validation/env.ts";

const VISIBILITY_MS = 30_000;

interface Sent {
  readonly body: string;
  readonly delaySeconds: number;
}

/** What the queue knows of a message beside what was sent. */
interface Kept {
  readonly id: string;
  readonly sent: Sent;
  receiveCount: number;
  /** Where the message can be had from then on, by the queue's own time. */
  visibleAtMs: number;
}

/** A queue in memory that keeps what was sent until it is taken, or received and acknowledged. Only waiting for messages moves its time. */
export class MemoryQueue implements MeasuredQueue, Inbox {
  /** What was sent and is with nobody, oldest first. */
  readonly sent: Sent[] = [];
  readonly #dead: Received[] = [];
  readonly deadLetters: Pick<Inbox, "receive"> = {
    receive: async (most) => this.#dead.splice(0, most),
  };
  /** What a test took is in flight until it says otherwise. */
  inFlight = 0;
  #nowMs = 0;
  readonly #kept = new Map<Sent, Kept>();
  readonly #received = new Map<string, Kept>();
  #count = 0;

  async send(bodies: Iterable<string>, { delaySeconds = 0 } = {}) {
    const before = this.sent.length;
    for (const body of bodies) {
      const sent = { body, delaySeconds };
      const visibleAtMs = this.#nowMs + 1000 * delaySeconds;
      this.#kept.set(sent, { id: `m${++this.#count}`, sent, receiveCount: 0, visibleAtMs });
      this.sent.push(sent);
    }
    return this.sent.length - before;
  }

  async depth() {
    const delayed = this.sent.filter(({ delaySeconds }) => delaySeconds > 0).length;
    return {
      waiting: this.sent.length - delayed,
      inFlight: this.inFlight + this.#received.size,
      delayed,
    };
  }

  /** Takes the oldest messages that are not delayed. */
  take() {
    const due = this.sent.filter(({ delaySeconds }) => delaySeconds === 0).map(({ body }) => body);
    this.sent.splice(0, this.sent.length, ...this.sent.filter(({ delaySeconds }) => delaySeconds > 0));
    return due;
  }

  async receive(most: number, waitMs: number): Promise<Received[]> {
    const next = [...this.sent.map((sent) => this.#kept.get(sent)!), ...this.#received.values()];
    const firstMs = Math.max(this.#nowMs, Math.min(...next.map(({ visibleAtMs }) => visibleAtMs)));
    this.#nowMs = Math.min(firstMs, this.#nowMs + waitMs);
    for (const [handle, kept] of this.#received)
      if (kept.visibleAtMs <= this.#nowMs) this.#show(handle, kept);
    const due = this.sent
      .map((sent) => this.#kept.get(sent)!)
      .filter((kept) => kept.visibleAtMs <= this.#nowMs);
    return due.slice(0, most).map((kept) => {
      this.sent.splice(this.sent.indexOf(kept.sent), 1);
      kept.visibleAtMs = this.#nowMs + VISIBILITY_MS;
      kept.receiveCount++;
      const { id, receiveCount } = kept;
      const handle = `${id}/${receiveCount}`;
      this.#received.set(handle, kept);
      return { id, body: kept.sent.body, receiveCount, handle, queue: "memory" };
    });
  }

  async acknowledge(messages: readonly Received[]) {
    for (const { handle } of messages) this.#received.delete(handle);
  }

  async postpone({ handle }: Received, ms: number) {
    const kept = this.#received.get(handle);
    if (!kept) throw new Error(`Expected ${handle} to be in flight.`);
    kept.visibleAtMs = this.#nowMs + ms;
    if (ms === 0) this.#show(handle, kept);
  }

  async release(messages: readonly Received[], ms: number) {
    for (const message of messages) {
      const kept = this.#received.get(message.handle);
      if (kept) kept.receiveCount--;
      await this.postpone(message, ms);
    }
  }

  #show(handle: string, kept: Kept): void {
    this.#received.delete(handle);
    const { id, sent } = kept;
    if (kept.receiveCount === MAX_RECEIVE_COUNT)
      this.#dead.push({ id, body: sent.body, receiveCount: 1, handle, queue: "memory-dead" });
    else this.sent.push(kept.sent);
  }
}
