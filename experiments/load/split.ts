/** The splitter's own process, as it is deployed, for a job of many chunks and against the embedded queue. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { startBuiltCloud } from "../../cli/local/built-cloud.ts";
import { LONGEST_TIMEOUT_MS, makePools } from "../../cli/local/pools.ts";
import { Folder } from "../../shared/ports/file/folder.ts";
import type { Submission } from "../../shared/record/submission.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";
import { parentFolder } from "./parent.ts";
import { type Used, watchProcesses } from "./processes.ts";

export interface Split {
  readonly chunks: number;
  readonly messages: number;
  readonly wallMs: number;
  readonly splitter: Used;
}

/** The tutorial's region at `side` x `side` chunks of 100 x 100. */
export async function runSplit(side: number, chunksPerMessage: number | "auto"): Promise<Split> {
  const folder = mkdtempSync(join(parentFolder(), "manyhands-split-"));
  const bundles = await ensureBundles();
  const cloud = await startBuiltCloud(bundles.emulator, {
    folder: new Folder({ "": folder }),
    ...{ visibilityTimeoutSeconds: 3600, maxReceiveCount: 5 },
  });
  const pools = makePools(
    { folder, workers: 1, timeoutMs: LONGEST_TIMEOUT_MS, retryAfterSeconds: 1, environment: {} },
    bundles,
    cloud,
  );
  try {
    const { splitter, worker, aggregator } = pools;
    void splitter.warm(1);
    const watched = watchProcesses(() => ({
      ...{ splitter: splitter.pids, worker: worker.pids, aggregator: aggregator.pids },
    }));
    const axes = [
      { from: 1.3, to: -1.3, count: side * 100 },
      { from: -2.13, to: 0.77, count: side * 100 },
    ];
    const request = { kernel: "mandelbrot", requestId: "load", grid: { axes }, chunk: [100, 100] };
    const began = performance.now();
    const { chunks, messages } = (await splitter.invoke({ ...request, chunksPerMessage })) as Submission;
    const wallMs = performance.now() - began;
    return { chunks, messages, wallMs, splitter: watched.stop().splitter };
  } finally {
    for (const pool of Object.values(pools)) await pool.close();
    await cloud.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
