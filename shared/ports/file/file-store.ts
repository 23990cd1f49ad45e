import { setImmediate as turn } from "node:timers/promises";
import type { Put, Store } from "../store.ts";
import { Folder } from "./folder.ts";

/**
 * The store on disk: the same keys as in the bucket, each a file.
 * @example
 * const store = new FileStore({ "jobs/j1/": "results/j1" });
 * await store.put("jobs/j1/job.json", bytes); // results/j1/job.json
 */
export class FileStore implements Store {
  readonly #folder: Folder;

  constructor(mounts: Readonly<Record<string, string>>) {
    this.#folder = new Folder(mounts);
  }

  async get(key: string, mostBytes?: number): Promise<Uint8Array | undefined> {
    return this.#folder.read(key, mostBytes);
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await this.#folder.flushBefore(key);
    this.#folder.write(key, bytes);
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<Put> {
    return this.#folder.writeIfAbsent(key, bytes) ? "stored" : "exists";
  }

  async putStream(key: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
    const file = this.#folder.open(key);
    try {
      for await (const part of parts) {
        file.append(part);
        await turn(); // writing is synchronous: gives other tasks a turn
      }
      await this.#folder.flushBefore(key);
    } catch (error) {
      file.abort();
      throw error;
    }
    file.commit();
  }

  async delete(key: string): Promise<void> {
    this.#folder.remove(key);
  }

  async storedAtMs(key: string): Promise<number | undefined> {
    return this.#folder.storedAtMs(key);
  }

  async *list(prefix: string): AsyncGenerator<string> {
    yield* this.#folder.list(prefix);
  }
}
