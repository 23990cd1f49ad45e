import type { Put, Store } from "./store.ts";

/** What can be stored in, and removed from. */
export interface KeptStore extends Store {
  /** What is not there is no error. */
  delete(key: string): Promise<void>;
  /** Epoch ms: when the object was stored, or last read where the store knows that alone. Undefined where it is gone; absent where the store does not tell. */
  storedAtMs?(key: string): Promise<number | undefined>;
}

/** The objects of another store below a prefix, under the rest of their keys. */
export class PrefixedStore implements KeptStore {
  readonly #store: KeptStore;
  readonly #prefix: string;

  constructor(store: KeptStore, prefix: string) {
    this.#store = store;
    this.#prefix = prefix;
  }

  get(key: string, mostBytes?: number): Promise<Uint8Array | undefined> {
    return this.#store.get(this.#prefix + key, mostBytes);
  }

  put(key: string, bytes: Uint8Array): Promise<void> {
    return this.#store.put(this.#prefix + key, bytes);
  }

  putIfAbsent(key: string, bytes: Uint8Array): Promise<Put> {
    return this.#store.putIfAbsent(this.#prefix + key, bytes);
  }

  putStream(key: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
    return this.#store.putStream(this.#prefix + key, parts);
  }

  delete(key: string): Promise<void> {
    return this.#store.delete(this.#prefix + key);
  }

  async *list(prefix: string): AsyncGenerator<string> {
    for await (const key of this.#store.list(this.#prefix + prefix)) yield key.slice(this.#prefix.length);
  }
}
