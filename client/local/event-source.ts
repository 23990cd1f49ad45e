import { setTimeout as sleep } from "node:timers/promises";
import type { Inbox, Received } from "../../shared/ports/queue.ts";
import { seededRandom } from "./seeded-random.ts";

const LONG_POLL_MS = 20_000;
/** What a seed shuffles among. */
const SHUFFLED = 10;
const POLL_PAUSE_MS = 100;
const RAMP_TICK_MS = 10;

export interface EventSourceOptions {
  readonly inbox: Inbox;
  readonly batchSize: number;
  /** How long a batch may wait for more messages; 0 hands over at once. */
  readonly batchingWindowMs: number;
  readonly maximumConcurrency: number;
  /**
   * The most concurrent invocations by the time (ms) since the first message; without it, the maximum from the start.
   */
  readonly concurrencyAt?: ((elapsedMs: number) => number) | undefined;
  /** The ramp's clock, and what batches are timed by: ms from any origin. */
  readonly now?: () => number;
  /** Hands messages over in a random order drawn from this seed; without one, in order of arrival. */
  readonly shuffleSeed?: number | undefined;
  /** After an invocation that died: wait for the visibility timeout, as on AWS, instead of retrying at once. */
  readonly waitOutVisibility?: boolean | undefined;
  /**
   * Without it a batch is kept ready for each slot, so that no slot waits for a round trip. With it, for a slot at work only while batches
   * take less than this (ms): a batch that is kept ready for longer is one that others could work.
   */
  readonly readyBelowMs?: number | undefined;
  /**
   * Beside `readyBelowMs`: the most brief messages that a slot is given together. It is given as many as likely end within half of that
   * time. A message that was delivered before goes alone: it may be what killed its slot.
   */
  readonly mostTogether?: number | undefined;
  /** Works a batch and returns the ids of those messages that are to come again. Throws where it could not, and all are. */
  readonly work: (messages: readonly Received[]) => Promise<ReadonlySet<string>>;
  /** Sees messages as they are received, before they wait for their batch. */
  readonly onReceive?: (bodies: readonly string[]) => void;
}

/**
 * Receives messages, has them worked in batches, at most `maximumConcurrency` at a time, and acknowledges those that are
 * done, as Lambda's SQS event source mapping does. Counting receives and burying dead letters is the queue's part.
 */
export class EventSource {
  readonly #options: EventSourceOptions;
  readonly #now: () => number;
  readonly #random: (() => number) | undefined;
  #stopped = false;
  readonly #buffer: Received[] = [];
  /** Batches at work, with what follows: what `stop` waits for. */
  readonly #runs = new Set<Promise<void>>();
  #active = 0;
  /** How long the latest batch took. */
  #latestMs = Number.POSITIVE_INFINITY;
  /** The messages of a batch, as far as `mostTogether` allows. */
  #together = 1;
  #windowEnds: NodeJS.Timeout | undefined;
  #flushing = false;
  #firstMessageMs: number | undefined;
  #rampTick: NodeJS.Timeout | undefined;
  #roomFor: (() => void) | undefined;

  constructor(options: EventSourceOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#random = options.shuffleSeed === undefined ? undefined : seededRandom(options.shuffleSeed);
  }

  /** True while a batch is at work, or a message waits for one. */
  get isBusy(): boolean {
    return this.#runs.size > 0 || this.#buffer.length > 0;
  }

  start(): void {
    void this.#poll();
  }

  /** From now on no message waits for others: no more are expected. */
  flush(): void {
    this.#flushing = true;
    this.#dispatch();
  }

  /**
   * Hands over no more and waits for running invocations. Ignores the answer of a poll that is under way: its messages,
   * and those in the buffer, reappear in the queue in time.
   */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#roomFor?.();
    clearTimeout(this.#windowEnds);
    clearTimeout(this.#rampTick);
    await Promise.all(this.#runs);
  }

  /** How many messages are to be received by now, of those that no slot has begun. */
  get #aimed(): number {
    const { readyBelowMs = Number.POSITIVE_INFINITY } = this.#options;
    const size = Math.max(this.#options.batchSize, this.#together);
    const areBrief = this.#latestMs < readyBelowMs || this.#together > 1;
    const areForAll = this.#options.readyBelowMs === undefined || areBrief;
    if (!areForAll) return size * Math.max(this.#concurrency - this.#active, 0);
    return Math.max(size * this.#concurrency, this.#random ? SHUFFLED : 1);
  }

  async #poll(): Promise<void> {
    while (!this.#stopped) {
      const wanted = this.#aimed - this.#buffer.length;
      if (wanted <= 0) {
        await new Promise<void>((resolve) => {
          this.#roomFor = resolve;
        });
        continue;
      }
      try {
        const messages = await this.#options.inbox.receive(wanted, LONG_POLL_MS);
        if (this.#stopped) return;
        if (messages.length > 0) this.#firstMessageMs ??= this.#now();
        this.#buffer.push(...messages);
        this.#options.onReceive?.(messages.map(({ body }) => body));
      } catch {
        // Throttled, reset or stopped: a poller just polls again.
        if (!this.#stopped) await sleep(POLL_PAUSE_MS);
      }
      this.#dispatch();
    }
  }

  /** Begins as many batches as there are and there is room for. */
  #dispatch(windowOver = false): void {
    const { batchSize, batchingWindowMs } = this.#options;
    while (!this.#stopped && this.#buffer.length > 0 && this.#active < this.#concurrency) {
      const mayWait = batchingWindowMs > 0 && !windowOver && !this.#flushing;
      if (mayWait && this.#buffer.length < batchSize) {
        this.#windowEnds ??= setTimeout(() => {
          this.#windowEnds = undefined;
          this.#dispatch(true);
        }, batchingWindowMs);
        return;
      }
      clearTimeout(this.#windowEnds);
      this.#windowEnds = undefined;
      const run = this.#run(this.#takeBatch(batchSize)).finally(() => this.#runs.delete(run));
      this.#runs.add(run);
      this.#roomFor?.();
    }
    if (this.#buffer.length > 0) this.#dispatchAsItGrows();
  }

  get #concurrency(): number {
    const { maximumConcurrency, concurrencyAt } = this.#options;
    if (!concurrencyAt) return maximumConcurrency;
    const elapsedMs = this.#firstMessageMs === undefined ? 0 : this.#now() - this.#firstMessageMs;
    return Math.min(Math.floor(concurrencyAt(elapsedMs)), maximumConcurrency);
  }

  /** The ramp raises the limit without an event, so poll. */
  #dispatchAsItGrows(): void {
    if (this.#stopped || this.#concurrency >= this.#options.maximumConcurrency) return;
    this.#rampTick ??= setTimeout(() => {
      this.#rampTick = undefined;
      this.#roomFor?.();
      this.#dispatch();
    }, RAMP_TICK_MS);
  }

  #takeBatch(size: number): Received[] {
    if (this.#options.mostTogether !== undefined) return this.#takeTogether();
    if (!this.#random) return this.#buffer.splice(0, size);
    const batch: Received[] = [];
    while (batch.length < size && this.#buffer.length > 0) {
      batch.push(...this.#buffer.splice(Math.floor(this.#random() * this.#buffer.length), 1));
    }
    return batch;
  }

  /** At most a slot's share of what is there: the last ones are for all. */
  #takeTogether(): Received[] {
    const share = Math.ceil(this.#buffer.length / this.#concurrency);
    const repeated = this.#buffer.findIndex(({ receiveCount }) => receiveCount > 1);
    const first = repeated < 0 ? this.#buffer.length : Math.max(repeated, 1);
    return this.#buffer.splice(0, Math.min(this.#together, share, first));
  }

  async #run(messages: readonly Received[]): Promise<void> {
    try {
      const handedBack = await this.#work(messages);
      await this.#options.inbox.acknowledge(messages.filter(({ id }) => !handedBack.has(id)));
    } catch {
      // As on AWS, a batch that failed as a whole leaves its messages to reappear.
      if (!this.#options.waitOutVisibility) await this.#reappear(messages);
    }
  }

  /** The ids of those that were handed back. There is room for the next batch before the others are acknowledged. */
  async #work(messages: readonly Received[]): Promise<ReadonlySet<string>> {
    this.#active++;
    const beganMs = this.#now();
    let done = 0;
    try {
      const handedBack = await this.#options.work(messages);
      done = messages.length - handedBack.size;
      return handedBack;
    } finally {
      this.#active--;
      this.#took(this.#now() - beganMs, messages.length, done);
      this.#roomFor?.();
      this.#dispatch();
    }
  }

  /** A batch grows to twice its latest size at once, no more: the next messages may be others. */
  #took(ms: number, given: number, done: number): void {
    this.#latestMs = ms;
    const { mostTogether, readyBelowMs = 0 } = this.#options;
    if (mostTogether === undefined) return;
    const fitting = Math.floor((done * readyBelowMs) / 2 / Math.max(ms, 1e-3));
    this.#together = Math.max(1, Math.min(2 * given, mostTogether, fitting));
    if (this.#together > 1 || ms < readyBelowMs) return;
    const others = this.#buffer.splice(this.#aimed);
    // Where that fails the visibility timeout brings them back.
    if (others.length > 0) void this.#options.inbox.release(others, 0).catch(() => {});
  }

  async #reappear(messages: readonly Received[]): Promise<void> {
    if (this.#stopped) return;
    // Where that fails the visibility timeout brings it back.
    const { inbox } = this.#options;
    await Promise.all(messages.map((message) => inbox.postpone(message, 0).catch(() => {})));
  }
}
