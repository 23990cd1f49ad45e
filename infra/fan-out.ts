import { Duration } from "aws-cdk-lib";
import type { Alarm, Dashboard } from "aws-cdk-lib/aws-cloudwatch";
import { type OnEventOptions, Rule } from "aws-cdk-lib/aws-events";
import { type IGrantable, type ManagedPolicy, Policy } from "aws-cdk-lib/aws-iam";
import { RecursiveLoop } from "aws-cdk-lib/aws-lambda";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { JOB_ENDED } from "../shared/messages/job-ended.ts";
import {
  DEFAULT_CHECK_AFTER_SECONDS,
  DEFAULT_RETRY_AFTER_SECONDS,
  ENV,
  MAX_EVENT_AGE_SECONDS,
} from "../shared/validation/env.ts";
import { acknowledgeBucket, acknowledgeKeys } from "./acknowledgements.ts";
import { makeAlarms } from "./alarms.ts";
import { makeBucket } from "./bucket.ts";
import { grantTo, makeClientPolicy, readJobs, submitJobs, workOnJobs } from "./client-grants.ts";
import { makeDashboard } from "./dashboard.ts";
import { letLogsUse } from "./encryption.ts";
import {
  deleteObjects,
  invokeFunction,
  KEYS,
  measureQueue,
  postponeMessages,
  putEvents,
  putObjects,
  readObjects,
  sendMessages,
  uploadObjects,
} from "./grants.ts";
import { buildKernels } from "./kernels.ts";
import type { Fleet } from "./monitored.ts";
import { addPythonFleet } from "./python-fleet.ts";
import { AGGREGATOR_BATCHES, makeChunkQueues, makeDeadLetterQueue, makeQueue } from "./queues.ts";
import { checkSettings, DEFAULTS, type FanOutProps, SettingError, type Settings } from "./settings.ts";
import { StageFunction } from "./stage-function.ts";

export type { FanOutProps } from "./settings.ts";

/** Lambda's limit. Sending a million messages takes minutes, and so does exporting an array of thousands of chunks. */
const LONGEST_TIMEOUT = Duration.minutes(15);
/** Memory of the splitter and the aggregator: the export of an array wants a whole processor too. */
const MEMORY_MB = DEFAULTS.memoryMb;

/** A lost or late start of a drainer does no harm: the queue's mapping makes up for it. */
const RELAYED = { recursiveLoop: RecursiveLoop.ALLOW };
const AT_MOST_ONCE = { retryAttempts: 0, maxEventAge: Duration.seconds(MAX_EVENT_AGE_SECONDS) };

/**
 * The pipeline around one bucket: job request -> splitter -> chunk queue -> workers -> result queue -> aggregator.
 * Invoke `splitter` with a job request. Throws SettingError, with a sentence, for properties that are out of their
 * limits or contradict each other.
 * @example
 * const fanOut = new FanOut(this, "FanOut", { maxConcurrency: 100, monitoring: false });
 */
export class FanOut extends Construct {
  readonly settings: Settings;
  /** The hash of each kernel from a file, by its name. */
  readonly kernels: Readonly<Record<string, string>>;
  readonly bucket: Bucket;
  readonly chunks: Queue;
  readonly chunkDeadLetters: Queue;
  readonly results: Queue;
  readonly resultDeadLetters: Queue;
  readonly splitter: StageFunction;
  readonly worker: StageFunction;
  /** The workers of kernels in Python, with their queue; undefined without `pythonKernels`. */
  readonly python: Fleet | undefined;
  readonly aggregator: StageFunction;
  /** What the command line and the library do; its ARN is among the client's outputs. Attached to no one. */
  readonly clientPolicy: ManagedPolicy;
  /** Empty without monitoring. */
  readonly alarms: readonly Alarm[];
  readonly dashboard: Dashboard | undefined;

  constructor(scope: Construct, id: string, props: FanOutProps = {}) {
    super(scope, id);
    const settings = checkSettings(props);
    const { encryptionKey, messageRetention: retention } = settings;
    this.settings = settings;
    const { folder: kernels, hashes, python } = buildKernels(this, settings);
    this.kernels = hashes;
    if (encryptionKey) letLogsUse(encryptionKey, this);
    this.bucket = makeBucket(this, "Bucket", settings);
    acknowledgeBucket(this.bucket);

    const ample = { timeout: LONGEST_TIMEOUT, memoryMb: MEMORY_MB, settings };
    const workers = { timeout: settings.workerTimeout, memoryMb: settings.memoryMb, settings };
    this.splitter = new StageFunction(this, "Splitter", { stage: "splitter", kernels, ...ample });
    this.worker = new StageFunction(this, "Worker", {
      ...{ stage: "worker", kernels, ...workers },
      // Drainers invoke their successors, in chains that end: shared/burst/drain-request.ts.
      whenNotAwaited: { ...AT_MOST_ONCE, ...(settings.burstConcurrency > 0 && RELAYED) },
    });
    this.aggregator = new StageFunction(this, "Aggregator", { stage: "aggregator", ...ample });
    const { aggregator } = this;

    const { chunks, chunkDeadLetters } = makeChunkQueues(this, "Chunk", {
      ...{ worker: this.worker, aggregator, settings },
    });
    this.chunks = chunks;
    this.chunkDeadLetters = chunkDeadLetters;
    this.resultDeadLetters = makeDeadLetterQueue(this, "ResultDeadLetters", { encryptionKey });
    const results = { consumer: aggregator, deadLetters: this.resultDeadLetters, retention, encryptionKey };
    this.results = makeQueue(this, "Results", results);

    this.#connectSplitter();
    this.#connectWorker();
    this.#connectAggregator();
    this.python = python === undefined ? undefined : addPythonFleet(this, python);
    this.#allowUploads();
    if (settings.burstConcurrency > 0) this.#allowBurst();
    this.clientPolicy = makeClientPolicy(this, "ClientPolicy");
    this.alarms = settings.monitoring ? makeAlarms(this, "Alarms", this) : [];
    this.dashboard = settings.monitoring ? makeDashboard(this, "Dashboard", this) : undefined;
  }

  /** Lets a role or user see jobs and fetch their results. Throws SettingError for one without a policy of its own. */
  grantRead(grantee: IGrantable): void {
    grantTo(grantee, this, readJobs(this));
  }

  /**
   * Lets a role or user start jobs too, follow, cancel and resume them.
   * @example fan.grantSubmit(nightly); // a function that calls `submit` of `manyhands`
   */
  grantSubmit(grantee: IGrantable): void {
    grantTo(grantee, this, submitJobs(this));
  }

  /** Lets a role or user compute chunks on machines of its own, as `manyhands worker --queue sqs://<stack>` does. */
  grantWork(grantee: IGrantable): void {
    grantTo(grantee, this, workOnJobs(this), [KEYS.rejected]);
  }

  /**
   * A rule for the ends of this pipeline's jobs, whose event has a `JobEnded` as its detail. Throws SettingError where
   * the construct has no `eventBus`.
   * @example
   * fan.onJobEnd("Ended", { target: new LambdaFunction(react), eventPattern: { detail: { state: ["complete"] } } });
   */
  onJobEnd(id: string, { target, eventPattern, ...options }: OnEventOptions = {}): Rule {
    const { eventBus } = this.settings;
    if (!eventBus)
      throw new SettingError("eventBus", "a bus where a rule is to hear of jobs' ends", eventBus);
    const { source, detailType } = JOB_ENDED;
    const rule = new Rule(this, id, { ...options, eventBus });
    const detail = { bucket: [this.bucket.bucketName] };
    rule.addEventPattern({ source: [source], detailType: [detailType], detail });
    if (eventPattern) rule.addEventPattern(eventPattern);
    if (target) rule.addTarget(target);
    return rule;
  }

  /** Tells the stages that compute which uploads they may take, and lets them read these; a file of Python is no WebAssembly. No stage may write there. */
  #allowUploads(): void {
    const { bucket, settings, splitter, worker } = this;
    const ofPython = this.python && settings.kernelUploads === "all" ? [this.python.worker] : [];
    for (const stage of [splitter, worker, ...ofPython]) {
      stage.addEnvironment(ENV.kernelUploads, settings.kernelUploads);
      if (settings.kernelUploads === "none") continue;
      stage.allow(readObjects(bucket, KEYS.kernels));
      acknowledgeKeys(stage.role!, bucket, [KEYS.kernels]);
    }
  }

  #connectSplitter(): void {
    const { bucket, chunks, results } = this;
    this.splitter
      .connect(ENV.bucket, bucket.bucketName, readObjects(bucket, KEYS.jobs), putObjects(bucket, KEYS.jobs))
      .connect(ENV.chunkQueueUrl, chunks.queueUrl, sendMessages(chunks))
      .connect(ENV.resultQueueUrl, results.queueUrl, sendMessages(results))
      .connect(ENV.checkAfterSeconds, `${DEFAULT_CHECK_AFTER_SECONDS}`)
      .connect(ENV.workerFunctionName, this.worker.functionName)
      .connect(ENV.workerTimeoutSeconds, `${this.worker.timeoutSeconds}`)
      .connect(ENV.workerMemoryMb, `${this.worker.memoryMb}`)
      .connect(ENV.maxConcurrency, `${this.settings.maxConcurrency}`)
      .connect(ENV.burstConcurrency, `${this.settings.burstConcurrency}`);
    acknowledgeKeys(this.splitter.role!, bucket, [KEYS.jobs]);
  }

  #connectWorker(): void {
    const { bucket, chunks, results, settings } = this;
    this.worker
      .consume("FromChunks", chunks, { batchSize: 1, ...mappingWidth(settings) })
      .connect(ENV.bucket, bucket.bucketName, ...useStore(bucket))
      .connect(ENV.chunkQueueUrl, chunks.queueUrl, sendMessages(chunks), postponeMessages(chunks))
      .connect(ENV.resultQueueUrl, results.queueUrl, sendMessages(results))
      .connect(ENV.retryAfterSeconds, `${DEFAULT_RETRY_AFTER_SECONDS}`);
    acknowledgeKeys(this.worker.role!, bucket, [KEYS.jobs, KEYS.rejected]);
  }

  /**
   * Lets the splitter start workers, and each of these its successor. Both write the claims by which splitters count
   * workers.
   */
  #allowBurst(): void {
    const { bucket, splitter, worker } = this;
    const claims = [...readObjects(bucket, KEYS.drainers), ...putObjects(bucket, KEYS.drainers)];
    splitter.allow([...claims, ...deleteObjects(bucket, KEYS.drainers), ...invokeFunction(worker)]);
    worker.allow(claims);
    // Not in the role's own policy: the function waits for that policy, which would wait for the function.
    const relay = new Policy(this, "WorkerRelay", { statements: invokeFunction(worker) });
    worker.role?.attachInlinePolicy(relay);
    for (const stage of [splitter, worker]) acknowledgeKeys(stage.role!, bucket, [KEYS.drainers]);
  }

  #connectAggregator(): void {
    const { bucket, chunkDeadLetters, chunks, results } = this;
    const { eventBus } = this.settings;
    this.aggregator
      .consume("FromResults", results, AGGREGATOR_BATCHES)
      .consume("FromChunkDeadLetters", chunkDeadLetters, AGGREGATOR_BATCHES)
      .connect(ENV.bucket, bucket.bucketName, ...useStore(bucket))
      .connect(ENV.resultQueueUrl, results.queueUrl, sendMessages(results), postponeMessages(results))
      .connect(ENV.chunkQueueUrl, chunks.queueUrl, sendMessages(chunks), measureQueue(chunks))
      .connect(ENV.deadLetterQueueArn, chunkDeadLetters.queueArn)
      .connect(ENV.checkAfterSeconds, `${DEFAULT_CHECK_AFTER_SECONDS}`)
      .connect(ENV.retryAfterSeconds, `${DEFAULT_RETRY_AFTER_SECONDS}`);
    if (eventBus)
      this.aggregator.connect(ENV.eventBusArn, eventBus.eventBusRef.eventBusArn, putEvents(eventBus));
    acknowledgeKeys(this.aggregator.role!, bucket, [KEYS.jobs, KEYS.rejected]);
  }
}

/**
 * The mapping's part of the cap: a maximum concurrency, or provisioned pollers, which exclude it. Each poller serves up
 * to ten workers.
 */
function mappingWidth({ maxConcurrency, burstConcurrency, provisionedPollers }: Settings) {
  if (!provisionedPollers) return { maxConcurrency: maxConcurrency - burstConcurrency };
  const { minimum: minimumPollers, maximum: maximumPollers } = provisionedPollers;
  return { provisionedPollerConfig: { minimumPollers, maximumPollers } };
}

/** Grants for the worker and the aggregator: they read and write jobs, and store messages that cannot be parsed. */
function useStore(bucket: Bucket) {
  return [
    readObjects(bucket, KEYS.jobs),
    uploadObjects(bucket, KEYS.jobs),
    putObjects(bucket, KEYS.rejected),
  ];
}
