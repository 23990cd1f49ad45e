import "./chunk-thread.ts"; // a thread stops here
import { Logger } from "@aws-lambda-powertools/logger";
import type { Context, SQSBatchItemFailure, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { AwsClient } from "../../shared/aws/aws-client.ts";
import { settingsOfFunction } from "../../shared/aws/settings.ts";
import { parseChunkMessage } from "../../shared/chunk-message.ts";
import { systemClock } from "../../shared/clock.ts";
import { ENV, readEnv, readNumberEnv } from "../../shared/env.ts";
import { describeError } from "../../shared/errors.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { handBack, parseOrReject } from "../../shared/queues/delivery.ts";
import { SqsQueue } from "../../shared/queues/sqs-queue.ts";
import { S3Store } from "../../shared/stores/s3-store.ts";
import { chunkThreads } from "./chunk-threads.ts";
import { threadsFor } from "./threads.ts";
import { work } from "./work.ts";

const logger = new Logger({ serviceName: "worker" });
const sqs = new AwsClient(settingsOfFunction("sqs"));
const store = new S3Store(new AwsClient(settingsOfFunction("s3")), readEnv(ENV.bucket));
const chunks = new SqsQueue(sqs, readEnv(ENV.chunkQueueUrl));
const results = new SqsQueue(sqs, readEnv(ENV.resultQueueUrl));
const retryAfterSeconds = readNumberEnv(ENV.retryAfterSeconds);
const threadCount = threadsFor();
const threads = threadCount > 1 ? chunkThreads(threadCount, __filename) : undefined;
const ports = { store, chunks, results, clock: systemClock, kernels: KERNELS, threads };

/** From the start of the process to here: what a cold start costs before the first message. */
const initMs = performance.now();
let coldStart = true;

/** One batch of the chunk queue. What it names as failed is delivered again. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const worker = {
    requestId: context.awsRequestId,
    logStream: context.logStreamName,
    coldStart,
    initMs: coldStart ? initMs : null,
  };
  coldStart = false;
  const batchItemFailures: SQSBatchItemFailure[] = [];
  for (const record of event.Records) {
    if (await isToRetry(record, worker))
      batchItemFailures.push(await handBack(record, chunks, retryAfterSeconds));
  }
  return { batchItemFailures };
}

async function isToRetry(record: SQSRecord, worker: Parameters<typeof work>[1]["worker"]): Promise<boolean> {
  const receiveCount = Number(record.attributes.ApproximateReceiveCount);
  try {
    const message = await parseOrReject(record, parseChunkMessage, store);
    if (!message) {
      logger.error("message rejected", { messageId: record.messageId });
      return false;
    }
    const { failures, retry, ...outcome } = await work(message, { worker, receiveCount }, ports);
    logger.info("message done", {
      jobId: message.jobId,
      ...outcome,
      receiveCount,
      coldStart: worker.coldStart,
    });
    for (const { chunk, error, final } of failures)
      logger.error("chunk failed", { jobId: message.jobId, chunk, error, final });
    return retry;
  } catch (error) {
    logger.error("message failed", {
      messageId: record.messageId,
      error: describeError(error),
      receiveCount,
    });
    return true;
  }
}
