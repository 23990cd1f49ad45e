import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import type { Finished } from "../../functions/aggregator/aggregate.ts";
import type { Stage } from "../../shared/bundling.ts";
import { parseChunkMessage } from "../../shared/chunk-message.ts";
import { parseResultMessage, type ReportMessage } from "../../shared/chunk-report.ts";
import { ENV, MAX_RECEIVE_COUNT } from "../../shared/env.ts";
import { Folder } from "../../shared/stores/folder.ts";
import type { Submission } from "../../shared/submission.ts";
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
  /** Is given a look at the processes of each stage. */
  readonly onSlots: (pids: () => Readonly<Record<Stage, number[]>>) => void;
}

/** Lambda's longest timeout: here nobody pays for a worker that takes its time. */
const DEFAULTS: LocalOptions = Object.freeze({
  timeoutMs: 15 * 60_000,
  shuffleSeed: undefined,
  waitOutVisibility: false,
  retryAfterSeconds: 1,
  checkAfterSeconds: 0, // the embedded queue loses nothing, and a long run must not be declared over
  environment: {},
  bundles: () => ensureBundles(),
  onSlots: () => {},
});

const VISIBILITY_TIMEOUTS = 6;
/** Profiles, FIPS endpoints and the like are for AWS; here they would only lead astray. */
const NO_SETTINGS_OF_THE_USER = { AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" };
/** Fewer, larger batches cost less; the window ends early once every chunk was heard of. */
const RESULT_BATCHES = { batchSize: 50, batchingWindowMs: 250 };
const DRAIN_POLL_MS = 20;
const DEAD_LETTER_BATCH = 10;

/** The bundles that Lambda would run, in processes of their own, around an embedded SQS and S3. */
export function localEngine(options: Partial<LocalOptions> = {}): Engine {
  const settings = { ...DEFAULTS, ...options };
  return async (run) => {
    const bundles = await settings.bundles();
    if (run.signal.aborted) throw new InterruptedError();
    const runtime = (): Promise<Runtime> => import(pathToFileURL(bundles.runtime).href);
    const cloud = await startLocalCloud(async (queues) =>
      (await runtime()).makeEmulator({
        queues,
        folder: new Folder(mountsOf(run.jobId, run.folder)),
        visibilityTimeoutSeconds: Math.ceil((VISIBILITY_TIMEOUTS * settings.timeoutMs) / 1000),
        maxReceiveCount: MAX_RECEIVE_COUNT,
      }),
    );
    const pools = makePools(run, settings, bundles, cloud);
    const { splitter, worker, aggregator } = pools;
    settings.onSlots(() => ({ splitter: splitter.pids, worker: worker.pids, aggregator: aggregator.pids }));
    const sources: InstanceType<Runtime["EventSource"]>[] = [];
    try {
      splitter.warm(1);
      worker.warm(run.workers);
      aggregator.warm(1);
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

function makePools(run: Run, settings: LocalOptions, bundles: Bundles, cloud: LocalCloud): Pools {
  const environment = {
    ...settings.environment,
    ...NO_SETTINGS_OF_THE_USER,
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
  return {
    splitter: pool("splitter", 1),
    worker: pool("worker", run.workers, settings.timeoutMs),
    aggregator: pool("aggregator", 1),
  };
}

/** Invokes the splitter and lets the event sources do the rest until the aggregator says that the job ended. */
async function drive(
  run: Run,
  settings: LocalOptions,
  { EventSource, SQSClient, queueDepth }: Runtime,
  cloud: LocalCloud,
  pools: Pools,
  sources: InstanceType<Runtime["EventSource"]>[],
): Promise<RunResult> {
  const { promise: finished, resolve: onFinished, reject: onFailed } = Promise.withResolvers<Finished>();
  run.signal.addEventListener("abort", () => onFailed(new InterruptedError()));
  if (run.signal.aborted) throw new InterruptedError();
  finished.catch(() => {});
  const { endpoint, region, credentials } = cloud;
  const sqs = new SQSClient({
    endpoint,
    region,
    credentials,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
  });
  const { shuffleSeed, waitOutVisibility } = settings;
  let latest: Finished | undefined;
  const aggregator = async (event: SQSEvent) => {
    const response = (await pools.aggregator.invoke(event)) as { finished: Finished[]; dropped: number };
    if (response.dropped > 0) onFailed(new AggregatorError(join(run.folder, "logs")));
    for (const job of response.finished) {
      latest = job;
      onFinished(job);
    }
    return response;
  };

  const chunks = new EventSource({
    ...{ sqs, shuffleSeed, waitOutVisibility },
    queue: cloud.queues.chunks,
    batchSize: 1,
    batchingWindowMs: 0,
    maximumConcurrency: run.workers,
    invoke: (event) => pools.worker.invoke(event),
    onStart: (records) => run.progress.running(countChunks(records)),
    onEnd: (records) => run.progress.running(-countChunks(records)),
  });
  let reported = 0;
  let total = Number.POSITIVE_INFINITY;
  let lastReportAt = 0;
  const flushWhenAllReported = () => reported >= total && results.flush();
  const results = new EventSource({
    ...{ sqs, shuffleSeed },
    queue: cloud.queues.results,
    ...RESULT_BATCHES,
    maximumConcurrency: 1,
    invoke: aggregator,
    onReceive: (bodies) => {
      for (const report of bodies.map(reportIn)) {
        if (!report) continue;
        run.progress.reported(report);
        reported += report.chunks.length;
      }
      lastReportAt = performance.now();
      flushWhenAllReported();
    },
  });
  const deadLetters = new EventSource({
    ...{ sqs, shuffleSeed },
    queue: cloud.queues.deadLetters,
    batchSize: DEAD_LETTER_BATCH,
    batchingWindowMs: 0,
    maximumConcurrency: 1,
    invoke: aggregator,
  });
  const undelivered = new EventSource({
    ...{
      sqs,
      queue: cloud.queues.resultDeadLetters,
      batchSize: 1,
      batchingWindowMs: 0,
      maximumConcurrency: 1,
    },
    invoke: async () => onFailed(new AggregatorError(join(run.folder, "logs"))),
  });
  sources.push(chunks, results, deadLetters, undelivered);
  for (const source of sources) source.start();

  /** A dead letter may overtake reports of earlier attempts; the summary is written again with each. */
  const settled = async (first: Finished): Promise<Finished> => {
    if (first.summary.state === "complete") return first;
    results.flush();
    while ((await queueDepth(sqs, cloud.queues.results)) > 0) {
      if (run.signal.aborted) throw new InterruptedError();
      await sleep(DRAIN_POLL_MS);
    }
    return latest ?? first;
  };

  const startUp = performance.now();
  const splitting = pools.splitter.invoke({ ...run.request, requestId: run.jobId }) as Promise<Submission>;
  // The workers may be done before the splitter has answered; only Ctrl-C does not wait for it.
  const submission = await Promise.race([splitting, finished.then(() => splitting)]);
  const splitAt = performance.now();
  total = submission.chunks;
  flushWhenAllReported();
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

/** On AWS these messages raise an alarm and wait; here somebody waits for the job. */
class AggregatorError extends Error {
  constructor(logs: string) {
    super(`The aggregator could not handle a report; why is in ${logs}`);
  }
}

/** How many chunks the messages ask for; one that nobody can parse, none. */
function countChunks(records: readonly SQSRecord[]): number {
  return records.reduce(
    (sum, { body }) => sum + (orNothing(() => parseChunkMessage(body))?.chunks.length ?? 0),
    0,
  );
}

function reportIn(body: string): ReportMessage | undefined {
  const message = orNothing(() => parseResultMessage(body));
  return message?.kind === "report" ? message : undefined;
}

/** Watching must not disturb: what becomes of a message that cannot be parsed is the handler's business. */
function orNothing<Value>(parse: () => Value): Value | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
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
