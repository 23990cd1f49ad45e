/** Receives messages for event sources, which come and go with scenarios; a poll that is under way outlives them. */
import type { Inbox, Received } from "../../shared/ports/queue.ts";

/** The fate of a received message: handed on at once, after a delay, or never. */
export type Admission = "now" | "never" | { readonly laterMs: number };

/** How long (ms) a scenario's messages are held back. */
export function delayOf(seed: number): number {
  return 50 + (seed % 8) * 50;
}

export class Receiver {
  readonly inbox: Inbox;
  #poll: Promise<readonly Received[]> | undefined;
  #late: Received[] = [];
  #wake = () => {};

  constructor(inbox: Inbox) {
    this.inbox = inbox;
  }

  /** The next messages; none once `signal` is aborted. */
  async receive(
    most: number,
    waitMs: number,
    { admit, signal }: { admit: (message: Received) => Promise<Admission>; signal: AbortSignal },
  ): Promise<readonly Received[]> {
    while (!signal.aborted) {
      const late = this.#late.splice(0);
      if (late.length > 0) return late;
      this.#poll ??= this.#ask(most, waitMs);
      const { promise: woken, resolve: wake } = Promise.withResolvers<undefined>();
      this.#wake = () => wake(undefined);
      signal.addEventListener("abort", this.#wake, { once: true });
      const messages = await Promise.race([this.#poll, woken]).finally(() =>
        signal.removeEventListener("abort", this.#wake),
      );
      if (!messages) continue;
      this.#poll = undefined;
      const admitted: Received[] = [];
      for (const message of messages) {
        const admission = await admit(message);
        if (admission === "now") admitted.push(message);
        else if (admission !== "never") this.#hold(message, admission.laterMs);
      }
      return admitted;
    }
    return [];
  }

  async #ask(most: number, waitMs: number): Promise<readonly Received[]> {
    try {
      return await this.inbox.receive(most, waitMs);
    } catch (error) {
      this.#poll = undefined;
      throw error;
    }
  }

  #hold(message: Received, laterMs: number): void {
    setTimeout(() => {
      this.#late.push(message);
      this.#wake();
    }, laterMs);
  }
}
