import { setTimeout as sleep } from "node:timers/promises";
import { Logger } from "@aws-lambda-powertools/logger";
import type { Context, SQSBatchItemFailure, SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { DrainOutcome } from "../../shared/burst/drain-loop.ts";
import { drainQueue } from "../../shared/burst/queue-drainer.ts";
import type { Kernels, ThreadKernels } from "../../shared/kernels/loader.ts";
import { MB_PER_VCPU, threadsFor } from "../../shared/plan/workers.ts";
import { type Asked, AskedSoFar, NOTHING_ASKED } from "../../shared/ports/aws/asked.ts";
import { AwsClient } from "../../shared/ports/aws/aws-client.ts";
import { mayPass } from "../../shared/ports/aws/aws-error.ts";
import { LambdaFunction } from "../../shared/ports/aws/lambda-function.ts";
import { bucketUrl, S3Store } from "../../shared/ports/aws/s3-store.ts";
import { settingsOfFunction } from "../../shared/ports/aws/settings.ts";
import { receivedRecord, sqsInbox } from "../../shared/ports/aws/sqs-inbox.ts";
import { SqsQueue } from "../../shared/ports/aws/sqs-queue.ts";
import { memoryToldMb } from "../../shared/ports/aws/this-function.ts";
import { systemClock } from "../../shared/ports/clock.ts";
import type { GivenTogether, Worked } from "../../shared/ports/delivery.ts";
import type { Inbox, Outbox, Received } from "../../shared/ports/queue.ts";
import type { Store } from "../../shared/ports/store.ts";
import { ENV, readEnv, readNumberEnv } from "../../shared/validation/env.ts";
import { describeError } from "../../shared/validation/errors.ts";
import type { Shared, workTogether } from "../together.ts";
import { withUploads } from "../uploads.ts";
import type { Apart } from "./apart.ts";
import type { Delivery } from "./attempt.ts";
import { Cancellations } from "./cancellations.ts";
import { type ChunkThreads, chunkThreads } from "./chunk-threads.ts";
import { deliver } from "./deliver.ts";
import { Jobs } from "./jobs.ts";
import { rehearse } from "./rehearsal.ts";
import { Spending } from "./spending.ts";

type Worker = Delivery["worker"];

/**
 * The rehearsal takes 18 ms of CPU in init, and 11 from the first event. Init has a whole processor and the event m / 1769 of
 * one, so it pays below this (docs/experiments/cold-start.md).
 */
const REHEARSED_BELOW_MB = 1100;

/** A local slot may say nothing, here and in an event. */
const memoryHere = () => memoryToldMb() ?? MB_PER_VCPU;
const memoryOf = ({ memoryLimitInMB }: Partial<Context>) => Number(memoryLimitInMB ?? MB_PER_VCPU);
type Batch = SQSEvent & Partial<GivenTogether>;
const isBatch = (event: unknown): event is Batch => Array.isArray((event as Partial<SQSEvent>)?.Records);

export interface WorkerParts {
  readonly kernels: Kernels;
  /** Gives the parts from which its threads make the same kernels; called when they are started. */
  readonly forThreads: () => ThreadKernels;
  /** Where what loads kernels from files lies, and uploaded ones. */
  readonly files: string;
  /** Loads what computes with uploaded ones. */
  readonly apart: () => typeof import("./apart.ts");
  /** The other workers of its queue, see WorkPorts. */
  readonly others: "alike" | "unlike";
  /** In place of the queues and the bucket that the environment names. */
  readonly hub?: WorkerHub | undefined;
}

/** What a worker takes messages from, and where it puts what it made. */
export interface WorkerHub {
  readonly store: Store;
  readonly chunks: Outbox;
  readonly inbox: Inbox;
  readonly results: Outbox;
  /** What it has asked for so far, by the requests that AWS bills. */
  readonly asked?: Asked;
  /** Works several messages of one event together; where requests are billed to jobs, it is one message at a time. */
  readonly together?: typeof workTogether;
}

/**
 * A worker's handler: takes one batch of the chunk queue from its mapping, or the request to take messages from it until
 * there are none. Reads the function's environment at once.
 */
export function workerHandler({ kernels: own, forThreads, files, apart, others, hub }: WorkerParts) {
  const logger = new Logger({ serviceName: "worker" });
  const { store, chunks, inbox, results, asked = NOTHING_ASKED } = hub ?? hubOnAws();
  const retryAfterSeconds = readNumberEnv(ENV.retryAfterSeconds);
  const cancellations = new Cancellations(store, systemClock);
  const jobs = new Jobs(store);
  const kernels = withUploads(own, { store, files, allowed: process.env[ENV.kernelUploads] });
  const spending = new Spending({ store, results, clock: systemClock, random: Math.random, asked });
  const ports = {
    ...{ store, chunks, results, clock: systemClock, kernels, cancellations, jobs, spending },
    ...{ inbox, retryAfterSeconds, logger, others },
  };

  /** From the start of the process until it can take a message. */
  let initMs = 1000 * process.uptime();
  if (!hub && memoryHere() < REHEARSED_BELOW_MB) {
    rehearse(own, { endpoint: settingsOfFunction("s3").endpoint, files })
      .catch(() => {}) // what fails here fails in an event too, which tells why
      .finally(() => {
        initMs = 1000 * process.uptime();
      });
  }
  let coldStart = true;
  let lambda: AwsClient | undefined;
  /** Known from the first event on: Lambda tells a function its memory with each. */
  let threads: ChunkThreads | undefined;
  let uploads: Apart | undefined;

  async function handler(event: unknown, context: Context): Promise<SQSBatchResponse | DrainOutcome> {
    const beganMs = systemClock.monotonicMs();
    const worker = {
      requestId: context.awsRequestId,
      logStream: context.logStreamName,
      coldStart,
      initMs: coldStart ? initMs : null,
      /** Read with each report. */
      get elapsedMs() {
        return Math.ceil(systemClock.monotonicMs() - beganMs);
      },
      ...(context.memoryLimitInMB && { memoryMb: Number(context.memoryLimitInMB) }),
    };
    const size = threadsFor(memoryOf(context));
    if (coldStart && size > 1) threads = chunkThreads(size, __filename, forThreads);
    coldStart = false;
    try {
      return await (isBatch(event) ? workBatch(event, worker, context) : workQueue(event, worker, context));
    } finally {
      spending.ended((worker.initMs ?? 0) + worker.elapsedMs);
    }
  }

  function startApart(context: Context): Apart {
    const memoryMb = memoryOf(context);
    uploads ??= apart().apartOf({ size: threadsFor(memoryMb), files, memoryMb });
    return uploads;
  }

  /** What it names as failed is delivered again. */
  async function workBatch(event: Batch, worker: Worker, context: Context): Promise<SQSBatchResponse> {
    if (event.budgetMs && hub?.together)
      return hub.together(event, ports, (message, shared) => worked(message, worker, context, shared));
    const batchItemFailures: SQSBatchItemFailure[] = [];
    for (const message of event.Records.map(receivedRecord)) {
      const { retry } = await worked(message, worker, context);
      if (retry) batchItemFailures.push({ itemIdentifier: message.id });
    }
    return { batchItemFailures };
  }

  async function workQueue(event: unknown, worker: Worker, context: Context): Promise<DrainOutcome> {
    lambda ??= new AwsClient(settingsOfFunction("lambda"));
    const itself = new LambdaFunction(lambda, context.functionName);
    const outcome = await drainQueue(event, {
      ...{ inbox, store, clock: systemClock },
      invokeLater: (next) => itself.invokeLater(next),
      work: (message) => worked(message, worker, context),
      remainingMs: () => context.getRemainingTimeInMillis(),
      pause: sleep,
      mayPass,
      spread: Math.random(),
      onTrouble: (what, error) => logger.warn(what, { reason: describeError(error) }),
    });
    logger.info("queue drained", { ...outcome });
    return outcome;
  }

  function worked(message: Received, worker: Worker, context: Context, shared?: Shared): Promise<Worked> {
    return deliver(message, worker, {
      ...{ ...ports, threads, ...shared },
      apart: () => startApart(context),
      remainingMs: () => context.getRemainingTimeInMillis(),
    });
  }

  return handler;
}

/** The queues and the bucket that the environment names; connections to both are made at once. */
function hubOnAws(): WorkerHub {
  const asked = new AskedSoFar();
  const sqs = new AwsClient({ ...settingsOfFunction("sqs"), asked });
  const s3 = new AwsClient({ ...settingsOfFunction("s3"), asked });
  s3.prepare(bucketUrl(readEnv(ENV.bucket), s3));
  sqs.prepare(sqs.endpoint ?? readEnv(ENV.resultQueueUrl));
  return {
    asked,
    store: new S3Store(s3, readEnv(ENV.bucket)),
    chunks: new SqsQueue(sqs, readEnv(ENV.chunkQueueUrl)),
    inbox: sqsInbox(sqs, readEnv(ENV.chunkQueueUrl)),
    results: new SqsQueue(sqs, readEnv(ENV.resultQueueUrl)),
  };
}
