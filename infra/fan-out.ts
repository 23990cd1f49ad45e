import { Duration, RemovalPolicy } from "aws-cdk-lib";
import type { NodejsFunctionProps } from "aws-cdk-lib/aws-lambda-nodejs";
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import {
  DEFAULT_CHECK_AFTER_SECONDS,
  DEFAULT_RETRY_AFTER_SECONDS,
  ENV,
  MAX_RECEIVE_COUNT,
} from "../shared/env.ts";
import { postponeMessages, putObjects, readObjects, sendMessages, uploadObjects } from "./grants.ts";
import { StageFunction } from "./stage-function.ts";

export interface FanOutProps {
  /** Workers at the same time, 2 to 1000; keep it below the account's concurrency limit. Default 900. */
  readonly maxConcurrency?: number;
  /** What becomes of the bucket when the construct goes. Default: it stays, with every result. */
  readonly bucketRemovalPolicy?: RemovalPolicy;
  /** Override what a stage's function is made with. */
  readonly splitter?: NodejsFunctionProps;
  readonly worker?: NodejsFunctionProps;
  readonly aggregator?: NodejsFunctionProps;
}

/** What an SQS event source mapping takes. */
const CONCURRENCY_LIMITS = [2, 1000] as const;
/** Leaves an account with the usual limit of 1,000 something for its other functions: throttling burns receives. */
const MAX_CONCURRENCY = 900;

const WORKER_TIMEOUT = Duration.seconds(60);
/** Lambda's longest. */
const LONGEST_TIMEOUT = Duration.minutes(15);
/** Two at once write the same bytes, and a mapping takes no less than two. */
const AGGREGATOR_BATCHES = { batchSize: 100, maxBatchingWindow: Duration.seconds(1), maxConcurrency: 2 };

const VISIBILITY_TIMEOUTS = 6;
const RETENTION = Duration.days(4);
/** A dead letter keeps the age it had in its first queue, so this must be the longer one. */
const DEAD_LETTER_RETENTION = Duration.days(14);
const SECURE = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };

/** Where keys begin, see shared/keys.ts. */
const JOBS = "jobs/*";
const REJECTED = "rejected/*";

/**
 * Job request -> splitter -> chunk queue -> workers -> result queue -> aggregator, around one bucket. Invoke
 * `splitter` with a job request. Throws RangeError where maxConcurrency is not a whole number from 2 to 1000.
 */
export class FanOut extends Construct {
  readonly bucket: Bucket;
  readonly chunks: Queue;
  readonly chunkDeadLetters: Queue;
  readonly results: Queue;
  readonly resultDeadLetters: Queue;
  readonly splitter: StageFunction;
  readonly worker: StageFunction;
  readonly aggregator: StageFunction;

  constructor(scope: Construct, id: string, props: FanOutProps = {}) {
    super(scope, id);
    const maxConcurrency = checkConcurrency(props.maxConcurrency ?? MAX_CONCURRENCY);
    this.bucket = makeBucket(this, props.bucketRemovalPolicy ?? RemovalPolicy.RETAIN);

    // Sending a million messages takes minutes, and so does exporting an array of thousands of chunks.
    this.splitter = new StageFunction(this, "Splitter", {
      stage: "splitter",
      timeout: LONGEST_TIMEOUT,
      ...props.splitter,
    });
    this.worker = new StageFunction(this, "Worker", {
      stage: "worker",
      timeout: WORKER_TIMEOUT,
      ...props.worker,
    });
    this.aggregator = new StageFunction(this, "Aggregator", {
      stage: "aggregator",
      timeout: LONGEST_TIMEOUT,
      ...props.aggregator,
    });

    this.chunkDeadLetters = makeDeadLetterQueue(this, "ChunkDeadLetters", this.aggregator);
    this.chunks = makeQueue(this, "Chunks", this.worker, this.chunkDeadLetters);
    this.resultDeadLetters = makeDeadLetterQueue(this, "ResultDeadLetters");
    this.results = makeQueue(this, "Results", this.aggregator, this.resultDeadLetters);

    this.#connectSplitter();
    this.#connectWorker(maxConcurrency);
    this.#connectAggregator();
  }

  #connectSplitter(): void {
    const { bucket, chunks, results } = this;
    this.splitter
      .connect(ENV.bucket, bucket.bucketName, readObjects(bucket, JOBS), putObjects(bucket, JOBS))
      .connect(ENV.chunkQueueUrl, chunks.queueUrl, sendMessages(chunks))
      .connect(ENV.resultQueueUrl, results.queueUrl, sendMessages(results))
      .connect(ENV.checkAfterSeconds, `${DEFAULT_CHECK_AFTER_SECONDS}`);
  }

  #connectWorker(maxConcurrency: number): void {
    const { bucket, chunks, results } = this;
    this.worker
      .consume("FromChunks", chunks, { batchSize: 1, maxConcurrency })
      .connect(ENV.bucket, bucket.bucketName, ...useStore(bucket))
      .connect(ENV.chunkQueueUrl, chunks.queueUrl, sendMessages(chunks), postponeMessages(chunks))
      .connect(ENV.resultQueueUrl, results.queueUrl, sendMessages(results))
      .connect(ENV.retryAfterSeconds, `${DEFAULT_RETRY_AFTER_SECONDS}`);
  }

  #connectAggregator(): void {
    const { bucket, chunkDeadLetters, results } = this;
    this.aggregator
      .consume("FromResults", results, AGGREGATOR_BATCHES)
      .consume("FromChunkDeadLetters", chunkDeadLetters, AGGREGATOR_BATCHES)
      .connect(ENV.bucket, bucket.bucketName, ...useStore(bucket))
      .connect(ENV.resultQueueUrl, results.queueUrl, sendMessages(results), postponeMessages(results))
      .connect(ENV.deadLetterQueueArn, chunkDeadLetters.queueArn)
      .connect(ENV.checkAfterSeconds, `${DEFAULT_CHECK_AFTER_SECONDS}`)
      .connect(ENV.retryAfterSeconds, `${DEFAULT_RETRY_AFTER_SECONDS}`);
  }
}

/** What the worker and the aggregator do with the bucket: read and write jobs, and keep what nobody can parse. */
function useStore(bucket: Bucket) {
  return [readObjects(bucket, JOBS), uploadObjects(bucket, JOBS), putObjects(bucket, REJECTED)];
}

function makeBucket(scope: Construct, removalPolicy: RemovalPolicy): Bucket {
  return new Bucket(scope, "Bucket", {
    removalPolicy,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    // Parts of an upload that a dying function left behind are invisible, and cost as much as objects.
    lifecycleRules: [{ id: "AbandonedUploads", abortIncompleteMultipartUploadAfter: Duration.days(1) }],
  });
}

function makeQueue(scope: Construct, id: string, consumer: StageFunction, deadLetters: Queue): Queue {
  return new Queue(scope, id, {
    ...SECURE,
    retentionPeriod: RETENTION,
    visibilityTimeout: visibilityTimeout(consumer),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: MAX_RECEIVE_COUNT },
  });
}

/** Without a consumer, its messages wait for somebody to look at them. */
function makeDeadLetterQueue(scope: Construct, id: string, consumer?: StageFunction): Queue {
  return new Queue(scope, id, {
    ...SECURE,
    retentionPeriod: DEAD_LETTER_RETENTION,
    ...(consumer && { visibilityTimeout: visibilityTimeout(consumer) }),
  });
}

/** AWS's advice: room for the mapping to try again when the function is throttled, before others see the message. */
function visibilityTimeout(consumer: StageFunction): Duration {
  return Duration.seconds(VISIBILITY_TIMEOUTS * consumer.timeoutSeconds);
}

function checkConcurrency(value: number): number {
  const [least, most] = CONCURRENCY_LIMITS;
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(
    `Expected maxConcurrency to be a whole number from ${least} to ${most}, got \`${value}\`.`,
  );
}
