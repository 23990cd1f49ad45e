/**
 * A Redis in place of SQS and S3, see hub.ts: a file beside the bundles, which no function's zip has. The command line, too, takes all that it
 * needs of Redis from there.
 */
import { openRedis } from "../shared/ports/redis/redis-ports.ts";
import { redisPlace } from "../shared/ports/redis/redis-url.ts";
import type { OpenS3 } from "../shared/ports/redis/store-url.ts";
import type { Hub, HubOptions } from "./hub.ts";
import { workTogether } from "./together.ts";

export * from "../shared/ports/redis/connection.ts";
export * from "../shared/ports/redis/named-store.ts";
export * from "../shared/ports/redis/redis-facts.ts";
export * from "../shared/ports/redis/redis-ports.ts";
export * from "../shared/ports/redis/redis-queue.ts";
export * from "../shared/ports/redis/redis-store.ts";
export * from "../shared/ports/redis/refusal.ts";
export * from "../shared/ports/redis/scripts.ts";
export * from "../shared/ports/redis/store-url.ts";

export async function openHub({ url, store, consumer }: HubOptions, openS3: OpenS3): Promise<Hub> {
  const redis = await openRedis(redisPlace(url), { store, consumer, openS3, isPatient: true });
  const { chunks, results, deadChunks } = redis;
  return { store: redis.store, chunks, results, deadLetters: [deadChunks.name], together: workTogether };
}
