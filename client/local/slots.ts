import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LocalEngineError } from "../engines/local-engine-error.ts";
import { Slot, SlotDiedError, type SlotOptions } from "./slot.ts";
import { MOST_IN_A_ROW, StartFailures } from "./start-failures.ts";

export { HandlerError, SlotDiedError } from "./slot.ts";

export interface SlotPoolOptions extends SlotOptions {
  readonly max: number;
  /** True: slots that end before they are up are expected, and started again for ever. */
  readonly mayFailToStart?: boolean | undefined;
}

/** No slot came up after repeated attempts. */
class SlotsFailError extends LocalEngineError {}

/**
 * The environments of one function: each is a child process that loads the bundle once and handles one event at a time.
 * After one has died or exceeded its timeout, the next invocation starts another.
 */
export class SlotPool {
  /**
   * Rejects once retrying makes no sense: with SlotsFailError, or with InvalidInputError if a log cannot be written.
   */
  readonly failed: Promise<never>;
  readonly #onFailed: (error: unknown) => void;
  #failure: unknown;
  readonly #options: SlotPoolOptions;
  readonly #idle: Slot[] = [];
  readonly #all = new Set<Slot>();
  readonly #waiting: (() => void)[] = [];
  readonly #failures = new StartFailures();
  readonly #closing = new AbortController();
  #started = 0;
  #busy = 0;

  constructor(options: SlotPoolOptions) {
    this.#options = options;
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    this.failed.catch(() => {}); // a caller that awaits `failed` still gets the error
    this.#onFailed = reject;
  }

  get pids(): number[] {
    return [...this.#all].map(({ pid }) => pid);
  }

  /** The number of events in work. */
  get busy(): number {
    return this.#busy;
  }

  /** Starts slots in advance, up to `count`, and waits until they are up or have ended. */
  async warm(count: number): Promise<void> {
    const missing = Math.max(count - this.#all.size, 0);
    await Promise.all(Array.from({ length: missing }, () => this.warmOne()));
  }

  /** Starts one more slot, if there is room, and waits until it is up or has ended. */
  async warmOne(): Promise<void> {
    if (this.#isClosed || this.#all.size >= this.#options.max) return;
    const slot = this.#start();
    this.#idle.push(slot);
    await slot.started;
  }

  /** Runs the handler on the event in a free slot. Throws HandlerError or SlotDiedError, and the reason of `failed`. */
  async invoke(event: unknown): Promise<unknown> {
    this.#busy++;
    try {
      return await this.#invoke(event);
    } finally {
      this.#busy--;
    }
  }

  async #invoke(event: unknown): Promise<unknown> {
    const slot = await this.#take();
    try {
      return await slot.invoke({ event, timeoutMs: this.#options.timeoutMs });
    } finally {
      if (slot.alive) this.#idle.push(slot);
      this.#waiting.shift()?.();
    }
  }

  /** Kills every process at once. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#all].map((slot) => slot.kill()));
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #take(): Promise<Slot> {
    for (;;) {
      if (this.#isClosed) throw new SlotDiedError("The slots are closed");
      if (this.#failure !== undefined) throw this.#failure;
      // Prefers a slot that is up over one that is still loading.
      const upAt = this.#idle.findLastIndex(({ isUp }) => isUp);
      const [slot] = upAt < 0 ? this.#idle.splice(-1) : this.#idle.splice(upAt, 1);
      if (slot?.alive) return slot;
      if (slot) continue;
      if (this.#all.size < this.#options.max) {
        const pauseMs = this.#failures.nextMs - performance.now();
        if (pauseMs <= 0) return this.#start();
        await sleep(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => {});
      } else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #start(): Slot {
    const startedMs = performance.now();
    const slot = this.#makeSlot();
    this.#all.add(slot);
    void slot.started.then(() => slot.isUp && this.#failures.succeeded());
    void slot.ended.then(() => {
      this.#all.delete(slot);
      if (!slot.isUp) this.#failedToStart(slot, startedMs);
      this.#waiting.shift()?.();
    });
    return slot;
  }

  #makeSlot(): Slot {
    try {
      return new Slot(`${this.#options.name}-${++this.#started}`, this.#options);
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  #failedToStart(slot: Slot, startedMs: number): void {
    const { name, logFolder, mayFailToStart } = this.#options;
    this.#failures.failed({ startedMs, nowMs: performance.now() });
    if (!this.#failures.areTooMany || mayFailToStart || this.#isClosed) return;
    const why = `the last one (${slot.death?.message}); what it said is in ${join(logFolder, `${slot.name}.log`)}`;
    this.#fail(
      new SlotsFailError(
        `Expected a process of the ${name} to start, got ${MOST_IN_A_ROW} in a row that did not, ${why}.`,
      ),
    );
  }

  #fail(error: unknown): void {
    this.#failure = error;
    this.#onFailed(error);
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
