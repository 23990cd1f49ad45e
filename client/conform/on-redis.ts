import { redisPlace } from "../../shared/ports/redis/redis-url.ts";
import { withOwnRedis } from "../local/own-redis.ts";
import { REDIS_PASSWORD, REDIS_URL } from "../redis/redis-env.ts";
import { RedisBench } from "./redis-bench.ts";
import type { Within } from "./setting.ts";
import { withWorker } from "./worker-process.ts";

export const onRedis: Within = (command, { seconds, onOutput }, use) =>
  withOwnRedis(async (url) => {
    const place = redisPlace(url);
    const { openRedis } = await import("../../shared/ports/redis/redis-ports.ts");
    const hub = await openRedis(place, { store: "redis" });
    const environment = { [REDIS_URL]: place.shown, [REDIS_PASSWORD]: place.password ?? "" };
    try {
      // The group that every receiver makes if it is missing.
      await hub.chunks.depth();
      return await withWorker(command, environment, onOutput, async (worker, ended) => {
        const bench = new RedisBench(hub, ended, seconds);
        await bench.watch(place);
        return use({ bench, worker }).finally(() => bench.close());
      });
    } finally {
      await hub.close();
    }
  });
