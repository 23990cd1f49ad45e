import { setImmediate as turn } from "node:timers/promises";

/** A PUT to S3 takes 20 ms or more, a chunk often less: without a few at a time a worker would mostly wait. */
const MOST_EACH = 4;
/** Large chunks are few and long: memory is to hold one that is stored and one that is computed. */
const MOST_BYTES = 16 * 2 ** 20;

/** Stores that were begun and not yet confirmed, few enough and small enough for the worker's memory. */
export class StoresInFlight {
  readonly #stores = new Set<Promise<void>>();
  readonly #most: number;
  #bytes = 0;

  /** `threads`: the number of threads that compute. */
  constructor(threads = 1) {
    this.#most = MOST_EACH * threads;
  }

  /** Takes up a store, which must not reject, and returns when there is room for another one. */
  async add(bytes: number, store: Promise<void>): Promise<void> {
    this.#bytes += bytes;
    const counted = store.then(() => {
      this.#bytes -= bytes;
      this.#stores.delete(counted);
    });
    this.#stores.add(counted);
    // The next chunk keeps this thread busy: the request must be on its way before, unless it is answered already.
    await Promise.race([turn(), counted]);
    while (this.#stores.size >= this.#most || (this.#bytes > MOST_BYTES && this.#stores.size > 0))
      await Promise.race(this.#stores);
  }

  async all(): Promise<void> {
    await Promise.all(this.#stores);
  }
}
