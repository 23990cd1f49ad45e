import { inLanes } from "../../shared/ports/lanes.ts";
import type { KeptStore } from "../../shared/ports/prefixed-store.ts";
import type { Put } from "../../shared/ports/store.ts";
import type { RemoteStore, StoredObject } from "../remote/remote.ts";

const AT_ONCE = 16;

/** The store of a hub's jobs, wherever that is. A listing tells neither sizes nor times. */
export class KeptObjects implements RemoteStore {
  readonly name: string;
  readonly #store: KeptStore;

  constructor(store: KeptStore, name: string) {
    this.#store = store;
    this.name = name;
  }

  get(key: string, mostBytes?: number): Promise<Uint8Array | undefined> {
    return this.#store.get(key, mostBytes);
  }

  async open(key: string, mostBytes: number): Promise<AsyncIterable<Uint8Array> | undefined> {
    const bytes = await this.#store.get(key, mostBytes);
    return bytes && inOnePart(bytes);
  }

  put(key: string, bytes: Uint8Array): Promise<void> {
    return this.#store.put(key, bytes);
  }

  putIfAbsent(key: string, bytes: Uint8Array): Promise<Put> {
    return this.#store.putIfAbsent(key, bytes);
  }

  list(prefix: string): AsyncIterable<string> {
    return this.#store.list(prefix);
  }

  async storedAtMs(key: string): Promise<number | undefined> {
    return this.#store.storedAtMs?.(key);
  }

  async *objects(prefix: string): AsyncGenerator<StoredObject> {
    for await (const key of this.#store.list(prefix))
      yield { key, sizeBytes: undefined, storedAtMs: undefined };
  }

  async *folders(prefix: string): AsyncGenerator<string> {
    let latest: string | undefined;
    for await (const key of this.#store.list(prefix)) {
      const end = key.indexOf("/", prefix.length);
      const folder = end < 0 ? undefined : key.slice(prefix.length, end);
      if (folder !== undefined && folder !== latest) yield folder;
      latest = folder ?? latest;
    }
  }

  /** The last one goes alone: until then those before it are known by it. */
  async remove(keys: readonly string[]): Promise<void> {
    await inLanes(keys.slice(0, -1), AT_ONCE, (key) => this.#store.delete(key));
    for (const key of keys.slice(-1)) await this.#store.delete(key);
  }
}

async function* inOnePart(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
