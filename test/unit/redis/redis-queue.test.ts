import { describe, onTestFinished } from "vitest";
import { openRedis } from "../../../shared/ports/redis/redis-ports.ts";
import { redisPlace } from "../../../shared/ports/redis/redis-url.ts";
import { queueCases, timedQueueCases } from "../../helpers/queue-cases.ts";
import { noRedis, redisServer } from "../../helpers/redis-server.ts";

describe.skipIf(noRedis)("Redis", () => {
  const make = async () => {
    const { url } = await redisServer();
    const hub = await openRedis(redisPlace(url));
    onTestFinished(() => hub.close());
    return { inbox: hub.chunks, outbox: hub.chunks, deadLetters: hub.deadChunks };
  };
  queueCases(make);
  timedQueueCases(make);
});
