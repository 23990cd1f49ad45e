import "./chunk-thread.ts"; // a thread stops here
import { setTimeout as sleep } from "node:timers/promises";
import { Logger } from "@aws-lambda-powertools/logger";
import type { Context, SQSBatchItemFailure, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { type DrainRequest, parseDrainRequest } from "../../shared/burst/drain.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { parseChunkMessage } from "../../shared/messages/chunk-message.ts";
import { MB_PER_VCPU, threadsFor } from "../../shared/plan/workers.ts";
import { AwsClient } from "../../shared/ports/aws/aws-client.ts";
import { handBack, parseOrReject } from "../../shared/ports/aws/delivery.ts";
import { LambdaFunction } from "../../shared/ports/aws/lambda-function.ts";
import { S3Store } from "../../shared/ports/aws/s3-store.ts";
import { settingsOfFunction } from "../../shared/ports/aws/settings.ts";
import { type ReceivedRecord, SqsQueue } from "../../shared/ports/aws/sqs-queue.ts";
import { systemClock } from "../../shared/ports/clock.ts";
import { ENV, readEnv, readNumberEnv } from "../../shared/validation/env.ts";
import { describeError, NewerVersionError } from "../../shared/validation/errors.ts";
import { Cancellations } from "./cancellations.ts";
import { type ChunkThreads, chunkThreads } from "./chunk-threads.ts";
import type { Delivered, DrainOutcome } from "./drain.ts";
import { drainQueue } from "./queue-drainer.ts";
import { type Delivery, work } from "./work.ts";

const logger = new Logger({ serviceName: "worker" });
const sqs = new AwsClient(settingsOfFunction("sqs"));
const lambda = new AwsClient(settingsOfFunction("lambda"));
const store = new S3Store(new AwsClient(settingsOfFunction("s3")), readEnv(ENV.bucket));
const chunks = new SqsQueue(sqs, readEnv(ENV.chunkQueueUrl));
const results = new SqsQueue(sqs, readEnv(ENV.resultQueueUrl));
const retryAfterSeconds = readNumberEnv(ENV.retryAfterSeconds);
const cancellations = new Cancellations(store, systemClock);
const ports = { store, chunks, results, clock: systemClock, kernels: KERNELS, cancellations };

/** From the start of the process to here: what a cold start costs before the first message. */
const initMs = 1000 * process.uptime();
let coldStart = true;
/** Known from the first event on: Lambda tells a function its memory with each. */
let threads: ChunkThreads | undefined;

/** One batch of the chunk queue from its mapping, or the request to take messages from it until there are none. */
export async function handler(event: unknown, context: Context): Promise<SQSBatchResponse | DrainOutcome> {
  const worker = {
    requestId: context.awsRequestId,
    logStream: context.logStreamName,
    coldStart,
    initMs: coldStart ? initMs : null,
  };
  const size = threadsFor(Number(context.memoryLimitInMB ?? MB_PER_VCPU)); // a local slot may say nothing
  if (coldStart && size > 1) threads = chunkThreads(size, __filename);
  coldStart = false;
  return isBatch(event) ? workBatch(event, worker) : workQueue(parseDrainRequest(event), worker, context);
}

type Worker = Delivery["worker"];

const isBatch = (event: unknown): event is SQSEvent => Array.isArray((event as Partial<SQSEvent>)?.Records);

/** What it names as failed is delivered again. */
async function workBatch(event: SQSEvent, worker: Worker): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchItemFailure[] = [];
  for (const record of event.Records) {
    const { retry, reason } = await deliver(record, worker);
    if (retry) batchItemFailures.push(await handBack(record, chunks, retryAfterSeconds, reason));
  }
  return { batchItemFailures };
}

async function workQueue(request: DrainRequest, worker: Worker, context: Context): Promise<DrainOutcome> {
  const outcome = await drainQueue(request, {
    ...{ chunks, store, clock: systemClock },
    itself: new LambdaFunction(lambda, context.functionName),
    deliver: async (record) => {
      const delivered = await deliver(record, worker);
      if (delivered.retry) await handBack(record, chunks, retryAfterSeconds, delivered.reason);
      return delivered;
    },
    remainingMs: () => context.getRemainingTimeInMillis(),
    pause: sleep,
    spread: Math.random(),
    onTrouble: (what, error) => logger.warn(what, { reason: describeError(error) }),
  });
  const { jobId, generation } = request;
  logger.info("queue drained", { jobId, generation, ...outcome });
  return outcome;
}

/** Works on a message, which the mapping or this worker itself received: that makes no difference. */
async function deliver(record: ReceivedRecord, worker: Worker): Promise<Delivered> {
  const receiveCount = Number(record.attributes.ApproximateReceiveCount);
  try {
    const message = await parseOrReject(record, parseChunkMessage, store);
    if (!message) {
      logger.error("message rejected", { messageId: record.messageId });
      return { chunks: 0, retry: false };
    }
    const { failures, retry, ...outcome } = await work(
      message,
      { worker, receiveCount },
      { ...ports, threads },
    );
    const { jobId } = message;
    logger.info("message done", { jobId, ...outcome, receiveCount, coldStart: worker.coldStart });
    for (const { chunk, error, final } of failures)
      logger.error("chunk failed", { jobId, chunk, error, final });
    return { jobId, chunks: message.chunks.length, retry };
  } catch (error) {
    const { messageId } = record;
    const details = { messageId, error: describeError(error), receiveCount };
    if (error instanceof NewerVersionError) logger.warn("newer message handed back", details);
    else logger.error("message failed", details);
    return { chunks: 0, retry: true, reason: error };
  }
}
