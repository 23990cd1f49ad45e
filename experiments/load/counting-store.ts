import type { Clock } from "../../shared/ports/clock.ts";
import type { Put, Store } from "../../shared/ports/store.ts";

/** What S3 gives in one answer to a listing. */
const PAGE_KEYS = 1000;
/** What its answers are taken to need, in ms. */
const REQUEST_MS = 20;
const PAGE_MS = 50;

/** A store in memory that counts requests as S3 would, and whose clock moves with each of them and with nothing else. */
export class CountingStore implements Store {
  readonly counts = { gets: 0, puts: 0, listRequests: 0, keysListed: 0, bytesRead: 0 };
  readonly #objects = new Map<string, Uint8Array>();
  #nowMs = 0;

  get clock(): Clock {
    const now = () => this.#nowMs;
    return { epochMs: () => 1.7e12 + now(), monotonicMs: now, cpuMs: now };
  }

  /** Is there without anybody having asked for it. */
  holds(key: string): void {
    this.#objects.set(key, new Uint8Array());
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const bytes = this.#objects.get(key);
    this.counts.gets++;
    this.counts.bytesRead += bytes?.length ?? 0;
    this.#nowMs += REQUEST_MS;
    return bytes;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    this.counts.puts++;
    this.#nowMs += REQUEST_MS;
    this.#objects.set(key, bytes);
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<Put> {
    if (this.#objects.has(key)) return "exists";
    await this.put(key, bytes);
    return "stored";
  }

  async putStream(key: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
    const all: Uint8Array[] = [];
    for await (const part of parts) all.push(part);
    await this.put(key, Buffer.concat(all));
  }

  async *list(prefix: string): AsyncGenerator<string> {
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    const pages = Math.max(Math.ceil(keys.length / PAGE_KEYS), 1);
    this.counts.listRequests += pages;
    this.counts.keysListed += keys.length;
    this.#nowMs += pages * PAGE_MS;
    yield* keys;
  }
}
