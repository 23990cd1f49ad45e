/** All that a job needs of a Redis: its queues and its store. */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Redis } from "ioredis";
import { describeError, InvalidInputError } from "../../validation/errors.ts";
import { type ConnectionNews, connect } from "./connection.ts";
import { FoundStore } from "./found-store.ts";
import { nameStore } from "./named-store.ts";
import type { KeptStore } from "./prefixed-store.ts";
import { RedisQueue } from "./redis-queue.ts";
import type { RedisPlace } from "./redis-url.ts";
import { isReply } from "./scripts.ts";
import { type ConnectS3, openStore, storePlace } from "./store-url.ts";

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
  /** Waits for a Redis that is not there, for ever; else that is refused. */
  readonly isPatient?: boolean | undefined;
  readonly connectS3?: ConnectS3 | undefined;
  /** Other than 30 s only in tests. */
  readonly visibilityMs?: number | undefined;
}

const CONSUMER = () => `${hostname().toLowerCase()}-${process.pid}-${randomBytes(4).toString("hex")}`;

/**
 * Connects. Throws InvalidInputError with a sentence where the Redis refuses the user or password or `--store` names another store
 * than its jobs have, and where it is not there unless `isPatient`.
 * @example
 * const hub = await openRedis(redisPlace("redis://boss@hub", password), { onLost: console.error });
 */
export async function openRedis(place: RedisPlace, options: OpenRedisOptions = {}): Promise<RedisHub> {
  const { store: named, connectS3, visibilityMs, isPatient = false } = options;
  const storeAt = named === undefined ? undefined : storePlace(named);
  const { onLost, onBack } = options;
  const redis = connect(place, { onLost, onBack });
  try {
    await answered(redis, place, isPatient);
    if (storeAt) await nameStore(redis, storeAt);
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  const opened = storeAt && openStore(storeAt, redis, connectS3);
  const store = opened?.store ?? new FoundStore(redis, connectS3);
  const consumer = CONSUMER();
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
    ...{ store, redis },
    async close() {
      await Promise.all(Object.values(queues).map((each) => each.close()));
      if (opened) opened.close();
      else if (store instanceof FoundStore) store.close();
      redis.disconnect();
    },
  };
}

/** Its first answer. Throws InvalidInputError where it refuses, or is not there and `isPatient` is false. */
async function answered(redis: Redis, place: RedisPlace, isPatient: boolean): Promise<void> {
  const absent = new Promise<never>((_, reject) => {
    if (!isPatient) redis.once("close", () => reject(new Error("the connection was closed")));
    if (!isPatient) redis.once("error", reject);
  });
  try {
    await Promise.race([redis.ping(), absent]);
  } catch (error) {
    throw refusal(place, error);
  }
}

/** The sentence for what a Redis says to a command, or what became of the connection. */
export function refusal(place: RedisPlace, error: unknown): InvalidInputError {
  const field = `Redis at ${place.shown}`;
  if (isReply(error, "WRONGPASS"))
    return new InvalidInputError(field, `taking the user and password`, "a refusal", PASSWORD_HINT);
  if (isReply(error, "NOAUTH"))
    return new InvalidInputError(field, "open without a password", "a refusal", PASSWORD_HINT);
  if (isReply(error, "NOPERM"))
    return new InvalidInputError(field, "willing", describeError(error), ACL_HINT);
  return new InvalidInputError(field, "there", describeError(error));
}

const PASSWORD_HINT = "The user is in the URL, the password there or in REDIS_PASSWORD.";
const ACL_HINT = "docs/machines.md has what a user must be allowed to do.";
