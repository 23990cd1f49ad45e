import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBuiltCloud } from "../../cli/local/built-cloud.ts";
import { EventSource } from "../../cli/local/event-source.ts";
import { makePools } from "../../cli/local/pools.ts";
import type { Finished } from "../../functions/aggregator/finish.ts";
import { Folder } from "../../shared/ports/file/folder.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";

const WORKERS = 2;
/** Of the default job. */
const SUM = 51214485;

/**
 * The default job again and again on one cloud with its slots up: each time from the first message sent to the last
 * report in (ms), with every chunk stored.
 */
export async function warmMakespans(repeats: number): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), "manyhands-warm-"));
  const bundles = await ensureBundles();
  let times: number[] = [];
  const cloud = await startBuiltCloud(bundles.emulator, {
    folder: new Folder({ "": folder }),
    visibilityTimeoutSeconds: 60,
    maxReceiveCount: 5,
    onAnswered: ({ headers }) => {
      if (headers["x-amz-target"] === "AmazonSQS.SendMessageBatch") times.push(performance.now());
    },
  });
  const pools = makePools(
    { folder, workers: WORKERS, timeoutMs: 60_000, retryAfterSeconds: 1, environment: {} },
    bundles,
    cloud,
  );
  const {
    sqs,
    queues: { chunks, results },
  } = cloud;
  let onFinished: (job: Finished) => void = () => {};
  const sources = [
    new EventSource({
      ...{ sqs, queue: chunks, batchSize: 1, batchingWindowMs: 0, maximumConcurrency: WORKERS },
      invoke: (event) => pools.worker.invoke(event),
    }),
    new EventSource({
      ...{ sqs, queue: results, batchSize: 50, batchingWindowMs: 20, maximumConcurrency: 1 },
      invoke: async (event) => {
        const response = (await pools.aggregator.invoke(event)) as { finished: Finished[] };
        response.finished.forEach(onFinished);
        return response;
      },
    }),
  ];
  for (const source of sources) source.start();
  const makespans: number[] = [];
  for (let repeat = -2; repeat < repeats; repeat++) {
    times = [];
    const finished = new Promise<Finished>((resolve) => {
      onFinished = resolve;
    });
    const jobId = `warm-${repeat + 2}`;
    await pools.splitter.invoke({ requestId: jobId, kernel: "mandelbrot", output: { plots: false } });
    const { summary } = await finished;
    if (summary.sum !== SUM) throw new Error(`Expected the sum ${SUM}, got ${summary.sum}`);
    // The first two fill the caches of V8 and of the connections.
    if (repeat >= 0) makespans.push(Math.max(...times) - Math.min(...times));
  }
  await Promise.all(sources.map((source) => source.stop()));
  await Promise.all(Object.values(pools).map((pool) => pool.close()));
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
  return makespans;
}
