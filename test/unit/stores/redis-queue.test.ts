import { afterAll, describe } from "vitest";
import { queueCases } from "../../helpers/queue-cases.ts";
import { emptyHub } from "../../helpers/redis-hub.ts";
import { noRedis, redisServer } from "../../helpers/redis-server.ts";

describe.skipIf(noRedis)("Redis", async () => {
  const server = await redisServer([], { until: afterAll });
  queueCases(async () => {
    const { chunks, deadChunks } = await emptyHub(server);
    return { inbox: chunks, outbox: chunks, deadLetters: deadChunks };
  });
});
