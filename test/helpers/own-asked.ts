import type { Asked } from "../../shared/ports/aws/asked.ts";

/** What one of a store's users asked of it, of those that take turns. */
export class OwnAsked implements Asked {
  readonly sqs = 0;
  readonly #all: Asked;
  #before = { put: 0, get: 0 };
  #since: { put: number; get: number } | undefined;

  constructor(all: Asked) {
    this.#all = all;
  }

  get put() {
    return this.#before.put + (this.#since ? this.#all.put - this.#since.put : 0);
  }

  get get() {
    return this.#before.get + (this.#since ? this.#all.get - this.#since.get : 0);
  }

  async during<Value>(action: () => Promise<Value>): Promise<Value> {
    this.#since = { put: this.#all.put, get: this.#all.get };
    try {
      return await action();
    } finally {
      this.#before = { put: this.put, get: this.get };
      this.#since = undefined;
    }
  }
}
