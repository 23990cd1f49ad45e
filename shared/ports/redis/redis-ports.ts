/** All that a job needs of a Redis: its queues and its store. */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Redis } from "ioredis";
import { InvalidInputError } from "../../validation/errors.ts";
import { expectConditional } from "../conditional-writes.ts";
import type { KeptStore } from "../prefixed-store.ts";
import { type ConnectionNews, connect } from "./connection.ts";
import { FoundStore } from "./found-store.ts";
import { namedStore, nameStore } from "./named-store.ts";
import { readFacts, unfit } from "./redis-facts.ts";
import { RedisQueue } from "./redis-queue.ts";
import type { RedisPlace } from "./redis-url.ts";
import { refusal } from "./refusal.ts";
import { expectShared, makeShared } from "./shared-folder.ts";
import { type OpenS3, openStore, storeName, storePlace } from "./store-url.ts";

export interface RedisHub {
  readonly chunks: RedisQueue;
  readonly results: RedisQueue;
  readonly deadChunks: RedisQueue;
  readonly deadResults: RedisQueue;
  readonly store: KeptStore;
  /** A plain connection, for what is neither queue nor store. */
  readonly redis: Redis;
  /** Ends all connections; a receiver that waits gets nothing. */
  close(): Promise<void>;
}

export interface OpenRedisOptions extends ConnectionNews {
  /** What `--store` said; without it the store that `manyhands:store` names. */
  readonly store?: string | undefined;
  /** Who receives, in the queues' groups: a machine's parent and children are one. Another name each time where it is absent. */
  readonly consumer?: string | undefined;
  /** Waits for ever for a Redis that is not there yet; else that is refused. */
  readonly isPatient?: boolean | undefined;
  /** Ends that wait: rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  readonly openS3?: OpenS3 | undefined;
  /** Other than 30 s only in tests. */
  readonly visibilityMs?: number | undefined;
}

/**
 * Connects. Throws InvalidInputError with a sentence where the Redis is unfit, refuses the user or password, where its jobs have another
 * store than `--store` names, and where it is not there unless `isPatient`.
 * @example
 * const hub = await openRedis(redisPlace("redis://boss@hub", password), { onLost: console.error });
 */
export async function openRedis(place: RedisPlace, options: OpenRedisOptions = {}): Promise<RedisHub> {
  const { store: named, openS3, visibilityMs, isPatient = false, onLost } = options;
  const storeAt = named === undefined ? undefined : storePlace(named);
  let isOpen = isPatient;
  const redis = connect(place, { ...options, onLost: (sentence) => isOpen && onLost?.(sentence) });
  const opened = storeAt && openStore(storeAt, redis, openS3);
  try {
    await expectFit(redis, place, options);
    const before = storeAt || isPatient ? await namedStore(redis) : undefined;
    // Once: all who come later find it named.
    if (opened && !before) {
      if (storeAt.kind === "s3") await expectConditional(opened.store, storeName(storeAt));
      if (storeAt.kind === "folder") makeShared(storeAt.path);
    }
    if (storeAt) await nameStore(redis, storeAt);
    // A machine that works says so at once; a client where it asks for an object.
    if (before?.kind === "folder") expectShared(before.path);
  } catch (error) {
    opened?.close();
    redis.disconnect();
    options.signal?.throwIfAborted();
    throw refusal(place, error);
  }
  isOpen = true;
  const found = new FoundStore(redis, openS3);
  const consumer = options.consumer ?? newConsumer();
  const queue = (name: string, dead?: string) =>
    new RedisQueue(redis, () => connect(place), { name, consumer, dead, visibilityMs });
  const queues = {
    chunks: queue("chunks", "chunks-dead"),
    results: queue("results", "results-dead"),
    deadChunks: queue("chunks-dead"),
    deadResults: queue("results-dead"),
  };
  return {
    ...queues,
    ...{ store: opened?.store ?? found, redis },
    async close() {
      await Promise.all(Object.values(queues).map((each) => each.close()));
      for (const each of [opened, found]) each?.close();
      redis.disconnect();
    },
  };
}

const newConsumer = () => `${hostname().toLowerCase()}-${process.pid}-${randomBytes(4).toString("hex")}`;

/** Its first answers. Rejects where it refuses, is unfit, or is not there. */
async function expectFit(
  redis: Redis,
  place: RedisPlace,
  { isPatient, signal }: OpenRedisOptions,
): Promise<void> {
  const absent = new Promise<never>((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    if (isPatient) return;
    redis.once("error", reject);
    redis.once("close", () => reject(new Error("a closed connection")));
  });
  signal?.throwIfAborted();
  const lacks = unfit(await Promise.race([readFacts(redis), absent]));
  if (lacks) throw new InvalidInputError(`Redis at ${place.shown}`, ...lacks);
}
