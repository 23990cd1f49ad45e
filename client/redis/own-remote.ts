/** A Redis and workers of this machine for one command, where no Redis is named. */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { type RedisPlace, redisPlace } from "../../shared/ports/redis/redis-url.ts";
import type { JobPlace } from "../jobs/job-store.ts";
import { pythonOf } from "../kernels/pythons.ts";
import { withOwnRedis } from "../local/own-redis.ts";
import type { Hands, Remote } from "../remote/remote.ts";
import { type AtRedisOptions, standByRedis } from "../standing/at-redis.ts";
import { standByInPython } from "../standing/in-python.ts";
import { withRedis } from "./redis-remote.ts";

/** Workers finish the chunk that they have. */
const GRACE_MS = 5_000;
/** Its workers are on their way: they take their time where their interpreter does. */
const COUNTED_MS = 60_000;

/** Runs `use` with it. What the jobs of this one command bring is computed: no other user can send any. */
export function withOwnRemote<Result>(
  { store }: JobPlace,
  use: (remote: Remote) => Promise<Result>,
  { workers, hash }: Hands = { workers: availableParallelism(), hash: undefined },
): Promise<Result> {
  return withOwnRedis(async (url) => {
    const logFolder = mkdtempSync(join(tmpdir(), "manyhands-workers-"));
    const ending = new AbortController();
    const hands = { name: "own", workers, store, signal: ending.signal };
    const standing = standBy(redisPlace(url), hash, { ...hands, logFolder });
    try {
      const using = withRedis({ redis: url, store }, (remote) =>
        use({
          ...remote,
          ...{ endsWithUs: true, graceMs: GRACE_MS, countedMs: COUNTED_MS },
          unattended: async () => undefined,
          kernels: { ...remote.kernels, uploads: async () => "all" },
        }),
      );
      // Workers end before their job only where none of them ever starts.
      return await Promise.race([using, standing.then(() => using)]);
    } finally {
      ending.abort();
      await standing.catch(() => {});
      rmSync(logFolder, { recursive: true, force: true });
    }
  });
}

/** Those of a kernel that a file of Python declares are Python's, and need no other. */
function standBy(
  place: RedisPlace,
  hash: string | undefined,
  hands: Omit<AtRedisOptions, "kernelUploads" | "onNews">,
): Promise<void> {
  const python = pythonOf(hash);
  if (python) return standByInPython(place, { ...hands, interpreter: python.interpreter });
  return standByRedis(place, { ...hands, kernelUploads: "all", onNews: () => {} });
}
