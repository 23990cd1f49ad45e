import type { Redis } from "ioredis";
import type { KeptStore } from "../prefixed-store.ts";
import type { Put } from "../store.ts";
import { namedStore, nameIfFree } from "./named-store.ts";
import { type OpenS3, type OpenStore, openStore, type StorePlace } from "./store-url.ts";

/**
 * The store of a client or worker that named none: the one that `manyhands:store` names when it is first asked. The first
 * writer without a name makes it Redis itself; a reader decides nothing.
 */
export class FoundStore implements KeptStore {
  readonly #redis: Redis;
  readonly #openS3: OpenS3 | undefined;
  #found: OpenStore | undefined;

  constructor(redis: Redis, openS3?: OpenS3) {
    this.#redis = redis;
    this.#openS3 = openS3;
  }

  async get(key: string, mostBytes?: number): Promise<Uint8Array | undefined> {
    return (await this.#toRead()).get(key, mostBytes);
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await (await this.#toWrite()).put(key, bytes);
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<Put> {
    return (await this.#toWrite()).putIfAbsent(key, bytes);
  }

  async putStream(key: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
    await (await this.#toWrite()).putStream(key, parts);
  }

  async delete(key: string): Promise<void> {
    await (await this.#toRead()).delete(key);
  }

  async *list(prefix: string): AsyncGenerator<string> {
    yield* (await this.#toRead()).list(prefix);
  }

  async storedAtMs(key: string): Promise<number | undefined> {
    return (await this.#toRead()).storedAtMs?.(key);
  }

  close(): void {
    this.#found?.close();
  }

  async #toRead(): Promise<KeptStore> {
    if (this.#found) return this.#found.store;
    const place = await namedStore(this.#redis);
    if (place) return this.#open(place);
    return openStore({ kind: "redis" }, this.#redis).store;
  }

  async #toWrite(): Promise<KeptStore> {
    return this.#found?.store ?? this.#open(await nameIfFree(this.#redis, { kind: "redis" }));
  }

  #open(place: StorePlace): KeptStore {
    this.#found ??= openStore(place, this.#redis, this.#openS3);
    return this.#found.store;
  }
}
