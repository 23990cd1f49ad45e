import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { SQSRecord } from "aws-lambda";
import type { Finished } from "../../functions/aggregator/aggregate.ts";
import type { Stage } from "../../shared/bundling.ts";
import { parseChunkMessage } from "../../shared/chunk-message.ts";
import { parseResultMessage } from "../../shared/chunk-report.ts";
import { DEFAULT_CHECK_AFTER_SECONDS, ENV, MAX_RECEIVE_COUNT } from "../../shared/env.ts";
import { Folder } from "../../shared/stores/folder.ts";
import { type Bundles, ensureBundles } from "../local/bundles.ts";
import { type LocalCloud, startLocalCloud } from "../local/local-cloud.ts";
import type * as runtimeModule from "../local/runtime.ts";
import { SlotPool } from "../local/slots.ts";
import { type Engine, InterruptedError, mountsOf, type Run, type RunResult } from "./engine.ts";

type Runtime = typeof runtimeModule;

export interface LocalOptions {
  /** The worker's function timeout; the visibility timeout is six times that, as in the stack. */
  readonly timeoutMs: number;
  /** The embedded queue keeps its order; with a seed messages come shuffled, as SQS may deliver them. */
  readonly shuffleSeed: number | undefined;
  /** After a worker died: wait for the visibility timeout, as on AWS, instead of trying again at once. */
  readonly waitOutVisibility: boolean;
  readonly retryAfterSeconds: number;
  readonly checkAfterSeconds: number;
  /** Further variables for the slots. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the slots run. */
  readonly bundles: () => Promise<Bundles>;
  /** Is given a look at the worker processes. */
  readonly onWorkers: (pids: () => number[]) => void;
}

/** Lambda's longest timeout: here nobody pays for a worker that takes its time. */
const DEFAULTS: LocalOptions = Object.freeze({
  timeoutMs: 15 * 60_000,
  shuffleSeed: undefined,
  waitOutVisibility: false,
  retryAfterSeconds: 1,
  checkAfterSeconds: DEFAULT_CHECK_AFTER_SECONDS,
  environment: {},
  bundles: () => ensureBundles(),
  onWorkers: () => {},
});

const VISIBILITY_TIMEOUTS = 6;
const RESULT_BATCH = 20;
const DRAIN_POLL_MS = 20;
const DEAD_LETTER_BATCH = 10;

/** The bundles that Lambda would run, in processes of their own, around an embedded SQS and S3. */
export function localEngine(options: Partial<LocalOptions> = {}): Engine {
  const settings = { ...DEFAULTS, ...options };
  return async (run) => {
    const bundles = await settings.bundles();
    const runtime = (): Promise<Runtime> => import(pathToFileURL(bundles.runtime).href);
    const cloud = await startLocalCloud(async (queues) =>
      (await runtime()).makeEmulator({
        queues,
        folder: new Folder(mountsOf(run.jobId, run.folder)),
        visibilityTimeoutSeconds: Math.ceil((VISIBILITY_TIMEOUTS * settings.timeoutMs) / 1000),
        maxReceiveCount: MAX_RECEIVE_COUNT,
      }),
    );
    const pools = startPools(run, settings, bundles, cloud);
    settings.onWorkers(() => pools.worker.pids);
    const sources: InstanceType<Runtime["EventSource"]>[] = [];
    try {
      const result = await drive(run, settings, await runtime(), cloud, pools, sources);
      const ended = performance.now();
      await shutDown(cloud, pools, sources);
      result.phasesMs.shutDown = performance.now() - ended;
      return result;
    } catch (error) {
      await shutDown(cloud, pools, sources);
      throw error;
    }
  };
}

type Pools = Readonly<Record<Stage, SlotPool>>;

function startPools(run: Run, settings: LocalOptions, bundles: Bundles, cloud: LocalCloud): Pools {
  const environment = {
    ...settings.environment,
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_REGION: cloud.region,
    AWS_ACCESS_KEY_ID: cloud.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: cloud.credentials.secretAccessKey,
    [ENV.bucket]: cloud.bucket,
    [ENV.chunkQueueUrl]: cloud.queues.chunks.url,
    [ENV.resultQueueUrl]: cloud.queues.results.url,
    [ENV.deadLetterQueueArn]: cloud.queues.deadLetters.arn,
    [ENV.checkAfterSeconds]: `${settings.checkAfterSeconds}`,
    [ENV.retryAfterSeconds]: `${settings.retryAfterSeconds}`,
  };
  const pool = (name: Stage, max: number, timeoutMs = DEFAULTS.timeoutMs) =>
    new SlotPool({
      name,
      max,
      timeoutMs,
      environment,
      bundle: bundles[name],
      program: bundles.slot,
      logFolder: join(run.folder, "logs"),
      cacheFolder: join(bundles.slot, "../../cache"),
    });
  const pools = {
    splitter: pool("splitter", 1),
    worker: pool("worker", run.workers, settings.timeoutMs),
    aggregator: pool("aggregator", 1),
  };
  pools.splitter.warm(1);
  pools.worker.warm(run.workers);
  pools.aggregator.warm(1);
  return pools;
}

/** Invokes the splitter and lets the event sources do the rest until the aggregator says that the job ended. */
async function drive(
  run: Run,
  settings: LocalOptions,
  runtime: Runtime,
  cloud: LocalCloud,
  pools: Pools,
  sources: InstanceType<Runtime["EventSource"]>[],
): Promise<RunResult> {
  const { promise: finished, resolve: onFinished, reject: onFailed } = Promise.withResolvers<Finished>();
  run.signal.addEventListener("abort", () => onFailed(new InterruptedError()));
  finished.catch(() => {});
  let lastReportAt = 0;
  let latest: Finished | undefined;

  const { endpoint, region, credentials } = cloud;
  const { EventSource, SQSClient, queueDepth } = runtime;
  const sqs = new SQSClient({ endpoint, region, credentials });
  const intoAggregator = (queue: "results" | "deadLetters", batchSize: number) =>
    new EventSource({
      sqs,
      queue: cloud.queues[queue],
      batchSize,
      batchingWindowMs: 0,
      maximumConcurrency: 1,
      shuffleSeed: settings.shuffleSeed,
      invoke: async (event) => {
        const response = (await pools.aggregator.invoke(event)) as { finished: Finished[] };
        for (const job of response.finished) {
          latest = job;
          onFinished(job);
        }
        return response;
      },
      onStart: (records) => {
        if (queue === "deadLetters") return;
        for (const { body } of records) {
          const message = parseResultMessage(body);
          if (message.kind === "report") run.progress.reported(message);
        }
        lastReportAt = performance.now();
      },
    });
  const countRunning = (sign: 1 | -1) => (records: readonly SQSRecord[]) => {
    for (const { body } of records) run.progress.running(sign * parseChunkMessage(body).chunks.length);
  };
  sources.push(
    new EventSource({
      sqs,
      queue: cloud.queues.chunks,
      batchSize: 1,
      batchingWindowMs: 0,
      maximumConcurrency: run.workers,
      shuffleSeed: settings.shuffleSeed,
      waitOutVisibility: settings.waitOutVisibility,
      invoke: (event) => pools.worker.invoke(event),
      onStart: countRunning(1),
      onEnd: countRunning(-1),
    }),
    intoAggregator("results", RESULT_BATCH),
    intoAggregator("deadLetters", DEAD_LETTER_BATCH),
  );
  for (const source of sources) source.start();

  /** A dead letter may overtake reports of earlier attempts; the summary is written again with each. */
  const settled = async (first: Finished): Promise<Finished> => {
    if (first.summary.state === "complete") return first;
    while ((await queueDepth(sqs, cloud.queues.results)) > 0 && !run.signal.aborted)
      await sleep(DRAIN_POLL_MS);
    return latest ?? first;
  };

  const startUp = performance.now();
  const splitting = pools.splitter.invoke({ ...run.request, requestId: run.jobId });
  // The workers may be done before the splitter has answered; only Ctrl-C does not wait for it.
  await Promise.race([splitting, finished.then(() => splitting)]);
  const splitAt = performance.now();
  const { summary, plotsMs } = await settled(await finished);
  const finishedAt = performance.now();
  const computedAt = Math.max(lastReportAt, splitAt);
  return {
    summary,
    phasesMs: {
      startUp,
      split: splitAt - startUp,
      compute: computedAt - splitAt,
      aggregate: finishedAt - computedAt - plotsMs,
      plots: plotsMs,
      shutDown: 0,
    },
  };
}

/** Slots first: no invocation is waited for, and the sources see theirs end. */
async function shutDown(
  cloud: LocalCloud,
  pools: Pools,
  sources: readonly { stop(): Promise<void> }[],
): Promise<void> {
  const stopping = sources.map((source) => source.stop());
  await Promise.all(Object.values(pools).map((pool) => pool.close()));
  await Promise.all(stopping);
  await cloud.close();
}
