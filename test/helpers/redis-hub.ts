import { onTestFinished } from "vitest";
import { openRedis, type RedisHub } from "../../shared/ports/redis/redis-ports.ts";
import { redisPlace } from "../../shared/ports/redis/redis-url.ts";
import type { RedisServer } from "./redis-server.ts";

/** What a client or worker opens, closed when the test ends. */
export async function hubAt(
  { url }: Pick<RedisServer, "url">,
  options?: Parameters<typeof openRedis>[1],
): Promise<RedisHub> {
  const hub = await openRedis(redisPlace(url), options);
  onTestFinished(() => hub.close());
  return hub;
}

/** The same, of a Redis without any data. */
export async function emptyHub(
  server: RedisServer,
  options?: Parameters<typeof openRedis>[1],
): Promise<RedisHub> {
  const hub = await hubAt(server, options);
  await hub.redis.flushall();
  return hub;
}
