/** The receiving end of a queue for a process that passes messages on: they stay its own for as long as it lives, and not longer. */
import type { Inbox, Received } from "../../shared/ports/queue.ts";

/** A machine that dies gives its messages back after this long at most. */
const HIDDEN_MS = 30_000;
const BEAT_MS = HIDDEN_MS / 3;
/** A process that is told to end waits for a poll no longer, */
const LONGEST_POLL_MS = 5_000;
/** and this much longer for a queue that does not answer at all. */
const SILENCE_MS = 2_000;

export interface HeldOptions {
  /** Called once with what went wrong, and again after the queue answered in between. */
  readonly onTrouble: (error: unknown) => void;
  readonly onAnswered: () => void;
  /** Other than five seconds where `close` must not wait that long. */
  readonly longestPollMs?: number | undefined;
}

/**
 * The same inbox, which hides what it received again and again until that is acknowledged, postponed, released, or let go. A process that
 * computes blocks its own event loop for minutes, so the beat must be in another one.
 */
export class HeldMessages implements Inbox {
  readonly #inbox: Inbox;
  readonly #held = new Map<string, Received>();
  readonly #polls = new Set<Promise<unknown>>();
  readonly #options: HeldOptions;
  readonly #timer: NodeJS.Timeout;
  #isInTrouble = false;

  constructor(inbox: Inbox, options: HeldOptions) {
    this.#inbox = inbox;
    this.#options = options;
    this.#timer = setInterval(() => void this.#beat(), BEAT_MS);
  }

  async receive(most: number, waitMs: number): Promise<readonly Received[]> {
    const receiving = this.#receive(most, Math.min(waitMs, this.#longestPollMs));
    this.#polls.add(receiving);
    return receiving.finally(() => this.#polls.delete(receiving));
  }

  get #longestPollMs(): number {
    return this.#options.longestPollMs ?? LONGEST_POLL_MS;
  }

  async #receive(most: number, waitMs: number): Promise<readonly Received[]> {
    try {
      const messages = await this.#inbox.receive(most, waitMs);
      for (const message of messages) this.#held.set(message.handle, message);
      if (this.#isInTrouble) this.#options.onAnswered();
      this.#isInTrouble = false;
      return messages;
    } catch (error) {
      if (!this.#isInTrouble) this.#options.onTrouble(error);
      this.#isInTrouble = true;
      throw error;
    }
  }

  acknowledge(messages: readonly Received[]): Promise<void> {
    this.letGo(messages);
    return this.#inbox.acknowledge(messages);
  }

  postpone(message: Received, ms: number): Promise<void> {
    this.letGo([message]);
    return this.#inbox.postpone(message, ms);
  }

  release(messages: readonly Received[], ms: number): Promise<void> {
    this.letGo(messages);
    return this.#inbox.release(messages, ms);
  }

  /** They are hidden as they are from now on: another process said for how long. */
  letGo(messages: readonly Received[]): void {
    for (const { handle } of messages) this.#held.delete(handle);
  }

  /** Ends the beat, and gives to others what is still held, or about to be: a poll that is broken off may have its answer lost. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#inbox.endWaits?.();
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.#longestPollMs + SILENCE_MS);
    await Promise.race([this.#giveBack(), late]);
    clearTimeout(timer);
  }

  async #giveBack(): Promise<void> {
    await Promise.allSettled(this.#polls);
    const left = [...this.#held.values()];
    // Where that fails the visibility timeout brings them back.
    if (left.length > 0) await this.release(left, 0).catch(() => {});
  }

  async #beat(): Promise<void> {
    const hide = (message: Received) => this.#inbox.postpone(message, HIDDEN_MS).catch(() => {});
    await Promise.all([...this.#held.values()].map(hide));
  }
}
