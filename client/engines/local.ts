import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Stage } from "../../shared/build/bundling.ts";
import { DRAINERS_PREFIX } from "../../shared/burst/claim-keys.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import { isResumption } from "../../shared/messages/resumption.ts";
import { LONGEST_WAIT_MS } from "../../shared/plan/waits.ts";
import { DEFAULT_WORKERS } from "../../shared/plan/workers.ts";
import { longestPauseSeconds } from "../../shared/ports/delivery.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { FLUSHED_AT_ONCE } from "../../shared/ports/file/flush.ts";
import { Folder } from "../../shared/ports/file/folder.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { inLanes } from "../../shared/ports/lanes.ts";
import { getParsed, jsonBytes } from "../../shared/ports/store.ts";
import { StoredJobSchema } from "../../shared/record/job.ts";
import { type Peaks, withPeak } from "../../shared/record/memory.ts";
import type { Summary } from "../../shared/record/summary.ts";
import { ENV, MAX_EVENT_AGE_SECONDS, MAX_RECEIVE_COUNT } from "../../shared/validation/env.ts";
import { type Bundles, ensureBundles } from "../../tools/bundling/bundles.ts";
import { KERNEL_FILES } from "../../tools/bundling/dist.ts";
import { pythonOf } from "../kernels/pythons.ts";
import { billOfRun, DEFAULT_DEPLOYMENT, type StandsFor } from "../local/bill-of-run.ts";
import { startBuiltCloud } from "../local/built-cloud.ts";
import { type DeliveryOptions, drive, type LocalRamp } from "../local/drive.ts";
import type { EventSource } from "../local/event-source.ts";
import type { FunctionEndpointOptions } from "../local/function-endpoint.ts";
import { inspectedSlot } from "../local/inspected-slot.ts";
import type { AnsweredRequest, Intercept, LocalCloud } from "../local/local-cloud.ts";
import { Meter } from "../local/meter.ts";
import { expectOpenFiles } from "../local/open-files.ts";
import { LONGEST_TIMEOUT_MS, makePools, type Pools, type PoolsOptions } from "../local/pools.ts";
import { InterruptedError, mountsOf, type Run, type Runner } from "./engine.ts";
import { keepPeaks } from "./kept-peaks.ts";

export interface LocalOptions extends Omit<DeliveryOptions, "longestPauseMs" | "isLimited"> {
  /** The worker's function timeout; the visibility timeout is six times that, as in the stack. */
  readonly timeoutMs: number;
  readonly retryAfterSeconds: number;
  /** Further variables for the slots. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the slots run. */
  readonly bundles: (onBuild?: () => void) => Promise<Bundles>;
  /** Is given a look at the processes of each stage. */
  readonly onSlots: (pids: () => Readonly<Record<Stage, number[]>>) => void;
  /** For experiments that watch or hold back single slots. */
  readonly slots: NonNullable<PoolsOptions["slots"]>;
  /** What the run is priced as. */
  readonly standsFor: StandsFor;
  /** Is told of each request to the embedded cloud. */
  readonly onAnswered: ((request: AnsweredRequest) => void) | undefined;
  /** For experiments that answer the slots' requests as late as a cloud would. */
  readonly intercept: Intercept | undefined;
  /** Is given what the run asked for, by stage, once it has ended. */
  readonly onMetered: (stages: Meter["stages"]) => void;
}

/** Lambda's longest timeout: a slow worker costs nothing here. */
const DEFAULTS: LocalOptions = Object.freeze({
  timeoutMs: LONGEST_TIMEOUT_MS,
  shuffleSeed: undefined,
  waitOutVisibility: false,
  ramp: undefined,
  retryAfterSeconds: 1,
  environment: {},
  bundles: (onBuild?: () => void) => ensureBundles({ onBuild, isForDebugger: inspectedSlot() !== undefined }),
  onSlots: () => {},
  slots: {},
  standsFor: DEFAULT_DEPLOYMENT,
  onAnswered: undefined,
  intercept: undefined,
  onMetered: () => {},
});

const VISIBILITY_TIMEOUTS = 6;
/**
 * Open files of this process: a slot's channel and its connections, 5 of a worker, and 50 of splitter and aggregator
 * together; and what is flushed.
 */
const OPEN_FILES = { perWorker: 6, others: 60 + FLUSHED_AT_ONCE } as const;

/** The bundles that Lambda would run, in processes of their own, around an embedded SQS and S3. */
export function localEngine(options: Partial<LocalOptions> = {}): Runner {
  const settings = { ...DEFAULTS, ...options };
  return async (run) => {
    const isLimited = (await maxUsdOf(run)) !== undefined;
    // What a job may cost follows from a worker's timeout: such a job has the one of the deployment that it is priced as.
    const timeoutMs =
      options.timeoutMs ?? (isLimited ? 1000 * DEFAULT_WORKERS.timeoutSeconds : DEFAULTS.timeoutMs);
    expectOpenFiles(OPEN_FILES.others + OPEN_FILES.perWorker * run.workers, run.workers);
    const bundles = await settings.bundles(run.onBuild);
    if (run.signal.aborted) throw new InterruptedError();
    const objects = new Folder({
      ...mountsOf(run.jobId, run.folder),
      ...(settings.ramp && { [DRAINERS_PREFIX]: join(run.folder, "drainers") }),
    });
    const meter = new Meter(join(run.folder, "logs"));
    const onAnswered = (request: AnsweredRequest) => {
      meter.answered(request);
      settings.onAnswered?.(request);
    };
    const emulated = {
      folder: objects,
      visibilityTimeoutSeconds: visibilityTimeoutSeconds(timeoutMs),
      maxReceiveCount: MAX_RECEIVE_COUNT,
      onAnswered,
    };
    const { hash } = run.request as Pick<JobRequest, "hash">;
    const python = pythonOf(hash) && (await import("../kernels/python-slot.ts")).pythonSlot(hash);
    const cloud = await startBuiltCloud(
      bundles.emulator,
      emulated,
      settings.intercept,
      python !== undefined, // boto3's requests say no hash of their body
    );
    meter.watch(cloud.queues);
    let peaks: Peaks = {};
    const { folder, workers } = run;
    const { retryAfterSeconds, environment, ramp, slots } = settings;
    const functions: Record<string, (event: unknown) => Promise<unknown>> = {};
    const secret = cloud.credentials.secretAccessKey;
    const lambda = ramp && (await serveInvocations(secret, functions, ramp, settings.onAnswered));
    const pools = makePools(
      {
        ...{ folder, workers, timeoutMs, retryAfterSeconds, slots },
        environment: {
          [ENV.kernelFiles]: KERNEL_FILES,
          [ENV.standsFor]: standsForText(settings),
          ...(process.env[ENV.plain] && { [ENV.plain]: "1" }),
          ...lambda?.environment,
          ...environment,
        },
        burstConcurrency: ramp?.burstConcurrency ?? 0,
        worker: python,
        onBilled: (stage, billed) => meter.invoked(stage, billed),
        onPeak: (stage, mb) => {
          peaks = withPeak(peaks, stage, mb);
        },
      },
      bundles,
      cloud,
    );
    functions.worker = (event) => pools.worker.invoke(event);
    const { splitter, worker, aggregator } = pools;
    settings.onSlots(() => ({ splitter: splitter.pids, worker: worker.pids, aggregator: aggregator.pids }));
    const sources: EventSource[] = [];
    try {
      const { promise: coldForEver, reject } = Promise.withResolvers<never>();
      warmUp(pools, workers).catch(reject);
      for (const pool of Object.values(pools)) pool.failed.catch(reject);
      const pauseMs = longestPauseMs({ ...settings, timeoutMs });
      const delivery = {
        ...settings,
        isLimited,
        longestPauseMs: isLimited ? Math.max(pauseMs, LONGEST_WAIT_MS) : pauseMs,
      };
      const result = await Promise.race([drive(run, delivery, cloud, pools, sources), coldForEver]);
      const ended = performance.now();
      const ending = shutDown(cloud, pools, sources, lambda);
      run.onStored?.();
      await ending;
      settings.onMetered(meter.stages);
      const summary = withCost(result.summary, meter, settings.standsFor);
      // Written once more: only now is it known what the aggregator's last invocation took.
      if (summary !== result.summary) objects.write(jobKeys(run.jobId).summary, jsonBytes(summary));
      // Last, as a receive that ends meanwhile is no longer metered. A run that lacked nothing had slots that did nothing.
      if (meter.stages.worker.requests.invocations > 0) await keepPeaks(run, peaks);
      const shutDownMs = performance.now() - ended;
      return { ...result, summary, phasesMs: { ...result.phasesMs, shutDown: shutDownMs } };
    } catch (error) {
      await shutDown(cloud, pools, sources, lambda);
      throw error;
    }
  };
}

/** The summary of a job that lacked nothing stays as it is; what earlier runs cost is in it. */
function withCost(summary: Summary, meter: Meter, standsFor: StandsFor): Summary {
  if (summary.cost && meter.stages.worker.requests.invocations === 0) return summary;
  const { memoryMb } = standsFor;
  const others = DEFAULT_DEPLOYMENT.memoryMb;
  const usages = meter.usages({ splitter: others, worker: memoryMb, aggregator: others });
  return { ...summary, cost: billOfRun(usages, standsFor, summary.cost) };
}

/** The job's limit, or that which it began with. */
async function maxUsdOf({ request, jobId, folder }: Run): Promise<number | undefined> {
  if (!isResumption(request)) return (request as JobRequest).maxUsd;
  const job = await getParsed(new FileStore(mountsOf(jobId, folder)), jobKeys(jobId).job, StoredJobSchema);
  return job?.maxUsd;
}

const standsForText = ({ standsFor: { architecture, region } }: LocalOptions) =>
  `${architecture} ${region} ${DEFAULT_DEPLOYMENT.memoryMb}`;

function visibilityTimeoutSeconds(timeoutMs: number): number {
  return Math.ceil((VISIBILITY_TIMEOUTS * timeoutMs) / 1000);
}

/** The longest time that a message may be hidden after an attempt: it was handed back, or its worker died. */
function longestPauseMs(settings: LocalOptions): number {
  const { waitOutVisibility, retryAfterSeconds } = settings;
  return (
    1000 *
    Math.max(
      longestPauseSeconds(retryAfterSeconds),
      waitOutVisibility ? visibilityTimeoutSeconds(settings.timeoutMs) : 0,
    )
  );
}

/**
 * Starts the slots in the order in which they are needed, at a time no more than there are cores beside this process, which
 * loads the emulator meanwhile: starting them all at once, the splitter would be up as late as the last.
 */
async function warmUp({ splitter, worker, aggregator }: Pools, workers: number): Promise<void> {
  const inOrder = [splitter, ...Array.from({ length: workers }, () => worker), aggregator];
  await inLanes(inOrder, Math.max(availableParallelism() - 1, 1), (pool) => pool.warmOne());
}

/** Where splitter and drainers invoke workers, and the variable that tells them. */
async function serveInvocations(
  secret: string,
  functions: FunctionEndpointOptions["functions"],
  { acceleration, burstConcurrency: maximumConcurrency }: LocalRamp,
  onAnswered: LocalOptions["onAnswered"],
) {
  const { startFunctionEndpoint } = await import("../local/function-endpoint.ts");
  const maxEventAgeMs = (1000 * MAX_EVENT_AGE_SECONDS) / acceleration;
  const { url, close } = await startFunctionEndpoint({
    ...{ secret, functions, maximumConcurrency, maxEventAgeMs, onAnswered },
  });
  return { close, environment: { AWS_ENDPOINT_URL_LAMBDA: url } };
}

/** Slots first: no invocation is waited for, and the sources see theirs end. */
async function shutDown(
  cloud: LocalCloud,
  pools: Pools,
  sources: readonly EventSource[],
  lambda: { close(): Promise<void> } | undefined,
): Promise<void> {
  await lambda?.close();
  const stopping = sources.map((source) => source.stop());
  await Promise.all(Object.values(pools).map((pool) => pool.close()));
  await Promise.all(stopping);
  await cloud.close();
}
