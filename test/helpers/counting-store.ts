import type { Clock } from "../../shared/clock.ts";
import { MemoryStore } from "./memory.ts";

/** What S3 gives in one answer to a listing. */
const PAGE_KEYS = 1000;
/** What its answers are taken to need, in ms. */
const REQUEST_MS = 20;
const PAGE_MS = 50;

/** A store in memory that counts requests as S3 would, and whose clock moves with each of them and with nothing else. */
export class CountingStore extends MemoryStore {
  readonly counts = { gets: 0, puts: 0, listRequests: 0, keysListed: 0, bytesRead: 0 };
  #nowMs = 0;

  get clock(): Clock {
    const now = () => this.#nowMs;
    return { epochMs: () => 1.7e12 + now(), monotonicMs: now, cpuMs: now };
  }

  override async get(key: string) {
    const bytes = await super.get(key);
    this.counts.gets++;
    this.counts.bytesRead += bytes?.length ?? 0;
    this.#nowMs += REQUEST_MS;
    return bytes;
  }

  override async put(key: string, bytes: Uint8Array) {
    this.counts.puts++;
    this.#nowMs += REQUEST_MS;
    return super.put(key, bytes);
  }

  override async *list(prefix: string) {
    let keys = 0;
    for await (const key of super.list(prefix)) {
      keys++;
      yield key;
    }
    const pages = Math.max(Math.ceil(keys / PAGE_KEYS), 1);
    this.counts.listRequests += pages;
    this.counts.keysListed += keys;
    this.#nowMs += pages * PAGE_MS;
  }
}
