import { Logger } from "@aws-lambda-powertools/logger";
import type { Context, SQSBatchItemFailure, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { AwsClient } from "../../shared/aws/aws-client.ts";
import { LambdaFunction } from "../../shared/aws/lambda-function.ts";
import { settingsOfFunction } from "../../shared/aws/settings.ts";
import { parseChunkMessage } from "../../shared/chunk-message.ts";
import { systemClock } from "../../shared/clock.ts";
import { type DrainRequest, parseDrainRequest } from "../../shared/drain.ts";
import { ENV, readEnv, readNumberEnv } from "../../shared/env.ts";
import { describeError } from "../../shared/errors.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { handBack, parseOrReject } from "../../shared/queues/delivery.ts";
import { type ReceivedRecord, SqsQueue } from "../../shared/queues/sqs-queue.ts";
import { S3Store } from "../../shared/stores/s3-store.ts";
import { type Delivered, type DrainOutcome, drain } from "./drain.ts";
import { Membership } from "./membership.ts";
import { type Delivery, work } from "./work.ts";

const logger = new Logger({ serviceName: "worker" });
const sqs = new AwsClient(settingsOfFunction("sqs"));
const lambda = new AwsClient(settingsOfFunction("lambda"));
const store = new S3Store(new AwsClient(settingsOfFunction("s3")), readEnv(ENV.bucket));
const chunks = new SqsQueue(sqs, readEnv(ENV.chunkQueueUrl));
const results = new SqsQueue(sqs, readEnv(ENV.resultQueueUrl));
const retryAfterSeconds = readNumberEnv(ENV.retryAfterSeconds);
const ports = { store, chunks, results, clock: systemClock, kernels: KERNELS };
/** The shortest that asks all of SQS's servers: nobody pays for long for a fleet that waits. */
const RECEIVE_WAIT_SECONDS = 1;

/** From the start of the process to here: what a cold start costs before the first message. */
const initMs = performance.now();
let coldStart = true;

/** One batch of the chunk queue from its mapping, or the request to take messages from it until there are none. */
export async function handler(event: unknown, context: Context): Promise<SQSBatchResponse | DrainOutcome> {
  const worker = {
    requestId: context.awsRequestId,
    logStream: context.logStreamName,
    coldStart,
    initMs: coldStart ? initMs : null,
  };
  coldStart = false;
  return isBatch(event) ? workBatch(event, worker) : drainQueue(parseDrainRequest(event), worker, context);
}

type Worker = Delivery["worker"];

const isBatch = (event: unknown): event is SQSEvent => Array.isArray((event as Partial<SQSEvent>)?.Records);

/** What it names as failed is delivered again. */
async function workBatch(event: SQSEvent, worker: Worker): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchItemFailure[] = [];
  for (const record of event.Records) {
    if ((await deliver(record, worker)).retry)
      batchItemFailures.push(await handBack(record, chunks, retryAfterSeconds));
  }
  return { batchItemFailures };
}

async function drainQueue(request: DrainRequest, worker: Worker, context: Context): Promise<DrainOutcome> {
  const { jobId, generation } = request;
  const workerTimeoutMs = context.getRemainingTimeInMillis();
  const membership = new Membership(jobId, { store, clock: systemClock, workerTimeoutMs });
  const outcome = await drain<ReceivedRecord>(jobId, {
    clock: systemClock,
    receive: (most) => chunks.receive(most, RECEIVE_WAIT_SECONDS),
    deliver: async (record) => {
      const delivered = await deliver(record, worker);
      if (delivered.retry) await handBack(record, chunks, retryAfterSeconds);
      return delivered;
    },
    // What cannot be removed or released now comes again by itself, and does no harm.
    remove: (records) =>
      chunks.delete(records.map(({ receiptHandle }) => receiptHandle)).catch(warn("messages not removed")),
    release: ({ receiptHandle }) => chunks.postpone(receiptHandle, 0).catch(warn("message not released")),
    claimHolds: () => membership.holds(),
    remainingMs: () => context.getRemainingTimeInMillis(),
  });
  logger.info("queue drained", { jobId, generation, ...outcome });
  const invokeLater = (next: DrainRequest) =>
    new LambdaFunction(lambda, context.functionName).invokeLater(next);
  await membership.leave(generation, outcome, invokeLater).catch(warn("no successor"));
  return outcome;
}

const warn = (what: string) => (error: unknown) => logger.warn(what, { reason: describeError(error) });

/** Where its mapping or this worker itself received it makes no difference to a message. */
async function deliver(record: ReceivedRecord, worker: Worker): Promise<Delivered> {
  const receiveCount = Number(record.attributes.ApproximateReceiveCount);
  try {
    const message = await parseOrReject(record, parseChunkMessage, store);
    if (!message) {
      logger.error("message rejected", { messageId: record.messageId });
      return { chunks: 0, retry: false };
    }
    const { failures, retry, ...outcome } = await work(message, { worker, receiveCount }, ports);
    const { jobId } = message;
    logger.info("message done", { jobId, ...outcome, receiveCount, coldStart: worker.coldStart });
    for (const { chunk, error, final } of failures)
      logger.error("chunk failed", { jobId, chunk, error, final });
    return { jobId, chunks: message.chunks.length, retry };
  } catch (error) {
    logger.error("message failed", {
      messageId: record.messageId,
      error: describeError(error),
      receiveCount,
    });
    return { chunks: 0, retry: true };
  }
}
