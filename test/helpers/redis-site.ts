import { randomBytes } from "node:crypto";
import { onTestFinished } from "vitest";
import { standByRedis } from "../../client/standing/at-redis.ts";
import { openRedis } from "../../shared/ports/redis/redis-ports.ts";
import { redisPlace } from "../../shared/ports/redis/redis-url.ts";
import type { UploadPolicy } from "../../shared/validation/env.ts";
import { runCli, startCli } from "./cli.ts";
import { NO_AWS } from "./deployment-server.ts";
import { redisServer } from "./redis-server.ts";
import { temporaryFolder } from "./temporary.ts";

/** A Redis with commands that know it by its URL, and machines that come and go. */
export async function redisSite(options: readonly string[] = []) {
  const server = await redisServer(options);
  const cwd = temporaryFolder();
  const asCommand = { cwd, env: { ...NO_AWS, MANYHANDS_REDIS: "", REDIS_PASSWORD: "" } };
  const withRedis = (args: readonly string[]) => [...args, "--redis", server.url];
  const ports = async () => {
    const hub = await openRedis(redisPlace(server.url));
    onTestFinished(() => hub.close());
    return hub;
  };
  return {
    ...{ server, cwd, ports },
    /** The command's exit code and what it said. */
    ask: (...args: string[]) => runCli(withRedis(args), asCommand),
    start: (...args: string[]) => startCli(withRedis(args), asCommand),
    /** A machine with two workers; the function that it returns has it end. */
    async machine(kernelUploads: UploadPolicy = "all") {
      const ending = new AbortController();
      const { promise: started, resolve } = Promise.withResolvers<void>();
      const gone = standByRedis(redisPlace(server.url), {
        ...{ name: `m-${randomBytes(3).toString("hex")}`, workers: 2, kernelUploads },
        ...{ logFolder: temporaryFolder(), signal: ending.signal },
        onNews: ({ kind }) => kind === "started" && resolve(),
      });
      const end = async () => {
        ending.abort();
        await gone;
      };
      onTestFinished(end);
      await Promise.race([started, gone]);
      return end;
    },
    /** All keys of the Redis that have this in their names. */
    async keysWith(part: string) {
      const { redis } = await ports();
      return redis.keys(`*${part}*`);
    },
  };
}
