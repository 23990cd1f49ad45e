import { tmpdir } from "node:os";
import { startBuiltCloud } from "../../client/local/built-cloud.ts";
import type { AnsweredRequest, LocalCloud } from "../../client/local/local-cloud.ts";
import { LONGEST_TIMEOUT_MS, makePools, type Pools } from "../../client/local/pools.ts";
import { Folder } from "../../shared/ports/file/folder.ts";
import { type Bundles, ensureBundles } from "../../tools/bundling/bundles.ts";
import { inTemporaryFolder } from "./temporary.ts";

export interface OwnCloud {
  readonly bundles: Bundles;
  readonly cloud: LocalCloud;
  /** Each starts its slots when it is first asked. */
  readonly pools: Pools;
}

/** Starts an embedded cloud with the three stages beside it, and ends all of it when `use` is over. */
export function withCloud<Result>(
  use: (site: OwnCloud) => Promise<Result>,
  { workers = 2, parent = tmpdir(), onAnswered = (_: AnsweredRequest): void => {} } = {},
): Promise<Result> {
  return inTemporaryFolder(async (folder) => {
    const bundles = await ensureBundles();
    const cloud = await startBuiltCloud(bundles.emulator, {
      ...{
        folder: new Folder({ "": folder }),
        visibilityTimeoutSeconds: 3600,
        maxReceiveCount: 5,
        onAnswered,
      },
    });
    const settings = {
      folder,
      workers,
      timeoutMs: LONGEST_TIMEOUT_MS,
      retryAfterSeconds: 1,
      environment: {},
    };
    const pools = makePools(settings, bundles, cloud);
    try {
      return await use({ bundles, cloud, pools });
    } finally {
      for (const pool of Object.values(pools)) await pool.close();
      await cloud.close();
    }
  }, parent);
}
