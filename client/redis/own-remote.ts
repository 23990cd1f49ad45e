/** A Redis and workers of this machine for one command, where no Redis is named. */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { redisPlace } from "../../shared/ports/redis/redis-url.ts";
import type { JobPlace } from "../jobs/job-store.ts";
import { withOwnRedis } from "../local/own-redis.ts";
import type { Remote } from "../remote/remote.ts";
import { standByRedis } from "../standing/at-redis.ts";
import { withRedis } from "./redis-remote.ts";

/** Workers finish the chunk that they have. */
const GRACE_MS = 5_000;

const WITHOUT_PYTHON =
  "A run that brings its own Redis has workers of Node: engine local computes it, and so does a Redis that `python -m manyhands worker --allow-uploads` works for.";

/** Runs `use` with it. What the jobs of this one command bring is computed, unless it is Python: no other user can send any. */
export function withOwnRemote<Result>(
  { store }: JobPlace,
  use: (remote: Remote) => Promise<Result>,
): Promise<Result> {
  return withOwnRedis(async (url) => {
    const logFolder = mkdtempSync(join(tmpdir(), "manyhands-workers-"));
    const ending = new AbortController();
    const standing = standByRedis(redisPlace(url), {
      ...{ name: "own", workers: availableParallelism(), kernelUploads: "all", store },
      ...{ logFolder, signal: ending.signal, onNews: () => {} },
    });
    try {
      const using = withRedis({ redis: url, store }, (remote) =>
        use({
          ...remote,
          ...{ endsWithUs: true, graceMs: GRACE_MS, unattended: async () => undefined },
          kernels: { ...remote.kernels, withoutPython: WITHOUT_PYTHON },
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
