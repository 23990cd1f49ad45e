import type { Clock } from "../../shared/ports/clock.ts";
import { MemoryStore } from "./memory.ts";

/** What S3 gives in one answer to a listing. */
const PAGE_KEYS = 1000;
/** What its answers are taken to need, in ms. */
const REQUEST_MS = 20;
const PAGE_MS = 50;

/** A store that counts requests as S3 would, and whose clock moves with each of them and with nothing else. */
export class CountingStore extends MemoryStore {
  readonly counts = { gets: 0, puts: 0, listRequests: 0, keysListed: 0, bytesRead: 0 };
  #nowMs = 0;

  get clock(): Clock {
    const now = () => this.#nowMs;
    return { epochMs: () => 1.7e12 + now(), monotonicMs: now, cpuMs: now };
  }

  /** An object that is there without a request. */
  holds(key: string): void {
    this.objects.set(key, new Uint8Array());
  }

  override async get(key: string, mostBytes?: number) {
    const bytes = await super.get(key, mostBytes);
    this.counts.gets++;
    this.counts.bytesRead += bytes?.length ?? 0;
    this.#nowMs += REQUEST_MS;
    return bytes;
  }

  override async put(key: string, bytes: Uint8Array) {
    this.counts.puts++;
    this.#nowMs += REQUEST_MS;
    await super.put(key, bytes);
  }

  override async *list(prefix: string) {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    const pages = Math.max(Math.ceil(keys.length / PAGE_KEYS), 1);
    this.counts.listRequests += pages;
    this.counts.keysListed += keys.length;
    this.#nowMs += pages * PAGE_MS;
    yield* keys;
  }
}
