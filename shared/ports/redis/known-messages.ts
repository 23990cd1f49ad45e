/** The messages that a receiver knows to be its own: any other that the queue counts as its own came in an answer that was lost. */
export class KnownMessages {
  /** Until when each is hidden by what this receiver said, ms; the latest last. */
  readonly #untilMs = new Map<string, number>();
  readonly #visibilityMs: number;

  constructor(visibilityMs: number) {
    this.#visibilityMs = visibilityMs;
  }

  hidden(id: string, ms: number): void {
    this.#forgetPast();
    this.#untilMs.delete(id);
    this.#untilMs.set(id, performance.now() + Math.max(ms, this.#visibilityMs));
  }

  gone(ids: readonly string[]): void {
    for (const id of ids) this.#untilMs.delete(id);
  }

  ids(): readonly string[] {
    this.#forgetPast();
    return [...this.#untilMs.keys()];
  }

  /** By then the queue gave it to others. */
  #forgetPast(): void {
    const nowMs = performance.now();
    for (const [id, untilMs] of this.#untilMs) {
      if (untilMs > nowMs) return;
      this.#untilMs.delete(id);
    }
  }
}
