import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { StoreFullError, TooLargeError } from "../../validation/errors.ts";
import { allPages, MOST_BYTES } from "../bounded.ts";
import { KEYS_A_LIST } from "../request-limits.ts";
import type { Put, Store } from "../store.ts";
import { mostObjectBytes, readFacts } from "./redis-facts.ts";
import { type Argument, isReply, runScript, type ScriptName } from "./scripts.ts";

const OBJECT = "manyhands:object:";
const INDEX = "manyhands:objects";
/** What all objects weigh. */
const BYTES = "manyhands:objects:bytes";
/** Objects that are put at the same time go in one command, as many as these. */
const MOST_TOGETHER = 100;
const MOST_BYTES_TOGETHER = 2 ** 20;
/** The parts of a stream whose writer died are gone after this long. */
const PARTS_LAST_MS = 3_600_000;

/** How much may be stored, and how much is. */
export interface Room {
  readonly bytes: number;
  readonly mostBytes: number;
}

/**
 * The store on Redis itself, for arrays that are small beside its memory: a string an object, and a sorted set of all keys.
 * @example
 * const store = new RedisStore(redis);
 * const bytes = await store.get("jobs/j1/job.json"); // undefined if absent
 */
export class RedisStore implements Store {
  readonly #redis: Redis;
  #mostBytes: Promise<number> | undefined;
  /** What is put in this turn of the event loop. */
  #puts: PutOne[] = [];

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async get(key: string, mostBytes = MOST_BYTES): Promise<Uint8Array | undefined> {
    const reply = await runScript(this.#redis, "get", [OBJECT + key], [mostBytes], { asBuffers: true });
    if (typeof reply === "number") throw new TooLargeError(key, mostBytes);
    return reply instanceof Buffer ? reply : undefined;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await this.#put(key, bytes, "");
  }

  /** A put that is repeated because its answer was lost meets its own object: that is "exists", too. */
  async putIfAbsent(key: string, bytes: Uint8Array): Promise<Put> {
    return (await this.#put(key, bytes, "absent")) === 0 ? "exists" : "stored";
  }

  #put(key: string, bytes: Uint8Array, condition: PutOne["condition"]): Promise<number> {
    const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    return new Promise((resolve, reject) => {
      this.#puts.push({ key, condition, content, resolve, reject });
      if (this.#puts.length === 1) setImmediate(() => this.#putAll());
    });
  }

  #putAll(): void {
    const puts = this.#puts;
    this.#puts = [];
    for (const together of inCommands(puts)) void this.#putTogether(together);
  }

  /** Where Redis refuses them together, as for one that its user may not write, each is asked for alone. */
  async #putTogether(puts: readonly PutOne[]): Promise<void> {
    try {
      const { mostBytes } = await this.#limit();
      const keys = [INDEX, BYTES, ...puts.map(({ key }) => OBJECT + key)];
      const objects = puts.flatMap(({ key, condition, content }) => [key, condition, content]);
      const told = (await runScript(this.#redis, "put", keys, [mostBytes, ...objects])) as number[];
      for (const [k, { key, content, resolve, reject }] of puts.entries()) {
        if (told[k] === -1) reject(await this.#full(key, content.length));
        else resolve(told[k]!);
      }
    } catch (error) {
      if (puts.length > 1) for (const put of puts) void this.#putTogether([put]);
      else
        for (const { key, content, reject } of puts) reject(await this.#refused(error, key, content.length));
    }
  }

  async putStream(key: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
    const parted = `manyhands:parts:${randomUUID()}`;
    let length = 0;
    try {
      for await (const part of parts) {
        if (part.length === 0) continue;
        const { mostBytes } = await this.#limit();
        if (length + part.length > mostBytes) throw await this.#full(key, length + part.length);
        const content = Buffer.from(part.buffer, part.byteOffset, part.length);
        await this.#stored(key, length + part.length, "append", [parted], [length, PARTS_LAST_MS, content]);
        length += part.length;
      }
      if (length === 0) return await this.put(key, new Uint8Array());
      const { mostBytes } = await this.#limit();
      await this.#stored(key, length, "commit", [...keysOf(key), parted], [key, mostBytes]);
    } catch (error) {
      void this.#redis.call("DEL", parted).catch(() => {});
      throw error;
    }
  }

  list(prefix: string): AsyncGenerator<string> {
    const end = Buffer.concat([Buffer.from(`(${prefix}`), Buffer.of(0xff)]);
    return allPages(prefix, async (after) => {
      const start = after === undefined ? `[${prefix}` : `(${after}`;
      const items = await this.#redis.zrangebylex(INDEX, start, end, "LIMIT", 0, KEYS_A_LIST);
      return { items, next: items.length < KEYS_A_LIST ? undefined : items.at(-1) };
    });
  }

  /** What is not there is no error. */
  async delete(key: string): Promise<void> {
    await runScript(this.#redis, "remove", keysOf(key), [key]);
  }

  /** When it was last stored or read; undefined, too, where the server keeps no such times (an LFU policy). */
  async storedAtMs(key: string): Promise<number | undefined> {
    const idle = await this.#redis.object("IDLETIME", OBJECT + key).catch((error: unknown) => {
      if (!isReply(error, "ERR")) throw error;
      return null;
    });
    return typeof idle === "number" ? Date.now() - 1000 * idle : undefined;
  }

  async room(): Promise<Room> {
    const bytes = Number((await this.#redis.get(BYTES)) ?? 0);
    return { bytes, mostBytes: (await this.#limit()).mostBytes };
  }

  /** Runs a script that stores. Throws StoreFullError where that refuses, or Redis has no memory left for others' sake. */
  async #stored(
    key: string,
    bytes: number,
    ...[name, keys, args]: readonly [ScriptName, readonly string[], readonly Argument[]]
  ): Promise<unknown> {
    try {
      const reply = await runScript(this.#redis, name, keys, args);
      if (reply !== -1) return reply;
    } catch (error) {
      throw await this.#refused(error, key, bytes);
    }
    throw await this.#full(key, bytes);
  }

  async #refused(error: unknown, key: string, bytes: number): Promise<unknown> {
    return isReply(error, "OOM") ? this.#full(key, bytes) : error;
  }

  async #limit(): Promise<{ readonly mostBytes: number }> {
    this.#mostBytes ??= readFacts(this.#redis).then(mostObjectBytes);
    try {
      return { mostBytes: await this.#mostBytes };
    } catch (error) {
      this.#mostBytes = undefined;
      throw error;
    }
  }

  async #full(key: string, bytes: number): Promise<StoreFullError> {
    // The server's owner may give it more memory meanwhile.
    this.#mostBytes = undefined;
    return new StoreFullError(key, bytes, await this.room());
  }
}

const keysOf = (key: string) => [OBJECT + key, INDEX, BYTES];

interface PutOne {
  readonly key: string;
  readonly condition: "absent" | "";
  readonly content: Buffer;
  resolve(told: number): void;
  reject(error: unknown): void;
}

function* inCommands(puts: readonly PutOne[]): Generator<PutOne[]> {
  let together: PutOne[] = [];
  let bytes = 0;
  for (const put of puts) {
    const { length } = put.content;
    if (together.length === MOST_TOGETHER || (together.length > 0 && bytes + length > MOST_BYTES_TOGETHER)) {
      yield together;
      [together, bytes] = [[], 0];
    }
    together.push(put);
    bytes += length;
  }
  if (together.length > 0) yield together;
}
