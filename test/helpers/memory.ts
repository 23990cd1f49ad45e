import { MOST_BYTES } from "../../shared/ports/bounded.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import type { Put, Store } from "../../shared/ports/store.ts";
import { TooLargeError } from "../../shared/validation/errors.ts";

/** A store in memory that counts what is asked of it. */
export class MemoryStore implements Store {
  readonly objects = new Map<string, Uint8Array>();
  readonly puts: string[] = [];
  /** As S3 bills it. */
  readonly asked = { put: 0, get: 0, sqs: 0 };

  async get(key: string, mostBytes = MOST_BYTES) {
    this.asked.get++;
    const bytes = this.objects.get(key);
    if (bytes && bytes.length > mostBytes) throw new TooLargeError(key, mostBytes);
    return bytes?.slice();
  }

  async put(key: string, bytes: Uint8Array) {
    this.asked.put++;
    this.puts.push(key);
    this.objects.set(key, bytes.slice());
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<Put> {
    if (this.objects.has(key)) {
      this.asked.put++;
      return "exists";
    }
    await this.put(key, bytes);
    return "stored";
  }

  async putStream(key: string, parts: AsyncIterable<Uint8Array>) {
    const all: Uint8Array[] = [];
    for await (const part of parts) all.push(part.slice());
    await this.put(key, Buffer.concat(all));
  }

  async *list(prefix: string) {
    this.asked.put++;
    yield* [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  json(key: string) {
    const bytes = this.objects.get(key);
    return bytes && JSON.parse(Buffer.from(bytes).toString());
  }
}

/** A clock that moves one millisecond each time it is asked, and as far as it is told to. */
export function steppingClock(start = 1_700_000_000_000): Clock & { advance(ms: number): void } {
  let now = 0;
  const tick = () => ++now;
  return {
    epochMs: () => start + tick(),
    monotonicMs: tick,
    cpuMs: tick,
    advance: (ms) => {
      now += ms;
    },
  };
}
