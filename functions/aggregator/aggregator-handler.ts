import { Logger } from "@aws-lambda-powertools/logger";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Registry } from "../../shared/kernels/registry.ts";
import { JOB_ENDED, type JobEnded } from "../../shared/messages/job-ended.ts";
import { type Asked, AskedSoFar, NOTHING_ASKED } from "../../shared/ports/aws/asked.ts";
import { AwsClient } from "../../shared/ports/aws/aws-client.ts";
import { EventBus } from "../../shared/ports/aws/event-bus.ts";
import { callTo } from "../../shared/ports/aws/queue-call.ts";
import { bucketUrl, S3Store } from "../../shared/ports/aws/s3-store.ts";
import { settingsOfFunction } from "../../shared/ports/aws/settings.ts";
import { postponeBy, receivedRecord } from "../../shared/ports/aws/sqs-inbox.ts";
import { MeasuredSqsQueue } from "../../shared/ports/aws/sqs-queue.ts";
import { systemClock } from "../../shared/ports/clock.ts";
import type { Inbox, MeasuredQueue } from "../../shared/ports/queue.ts";
import type { Store } from "../../shared/ports/store.ts";
import { ENV, readEnv, readNumberEnv } from "../../shared/validation/env.ts";
import { billingHere } from "../billing.ts";
import { type Aggregated, aggregateBatch } from "./batch.ts";
import { Looks } from "./looks.ts";
import type { AggregatePorts } from "./ports.ts";
import { AggregatorSpending } from "./spending.ts";

export interface AggregatorParts {
  readonly builtIns: Registry;
  /** In place of the queues, the bucket and the bus that the environment names. */
  readonly hub?: AggregatorHub | undefined;
}

/** What an aggregator takes messages from, and where it puts what it made. */
export interface AggregatorHub {
  readonly store: Store;
  readonly results: MeasuredQueue;
  /** The receiving end of the results. */
  readonly inbox: Pick<Inbox, "postpone">;
  readonly chunks: MeasuredQueue;
  readonly pythonChunks?: MeasuredQueue | undefined;
  /** The names that the queues of dead letters have in their messages. */
  readonly deadLetters: readonly string[];
  readonly announce?: AggregatePorts["announce"];
  /** What it has asked for so far, by the requests that AWS bills. */
  readonly asked?: Asked;
}

/**
 * The aggregator's handler: takes one batch of the result queue or of the chunk queue's dead letters. What it names as failed
 * comes again. `finished` and `dropped` (for good, see the log) are for a caller who invokes it by hand; the mapping ignores
 * them. Reads the function's environment at once.
 */
export function aggregatorHandler({ builtIns, hub }: AggregatorParts) {
  const logger = new Logger({ serviceName: "aggregator" });
  const {
    asked = NOTHING_ASKED,
    announce,
    chunks,
    deadLetters,
    inbox,
    pythonChunks,
    results,
    store,
  } = hub ?? hubOnAws();
  const checkAfterSeconds = readNumberEnv(ENV.checkAfterSeconds);
  const retryAfterSeconds = readNumberEnv(ENV.retryAfterSeconds);
  const looks = new Looks(systemClock);
  const initMs = 1000 * process.uptime();
  const paying = new AggregatorSpending({
    ...{ store, results, clock: systemClock, random: Math.random, asked, initMs },
  });
  const ports = {
    ...{ store, results, chunks, pythonChunks, clock: systemClock, builtIns, checkAfterSeconds, looks },
    ...{ billing: billingHere(), announce, inbox, deadLetters, retryAfterSeconds, logger, paying },
  };

  return async (event: SQSEvent): Promise<SQSBatchResponse & Omit<Aggregated, "failed">> => {
    const { failed, ...others } = await aggregateBatch(event.Records.map(receivedRecord), ports);
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })), ...others };
  };
}

/** The queues, the bucket and the bus that the environment names. */
function hubOnAws(): AggregatorHub {
  const asked = new AskedSoFar();
  const s3 = new AwsClient({ ...settingsOfFunction("s3"), asked });
  s3.prepare(bucketUrl(readEnv(ENV.bucket), s3));
  const sqs = new AwsClient({ ...settingsOfFunction("sqs"), asked });
  const pythonChunkQueueUrl = process.env[ENV.pythonChunkQueueUrl];
  const pythonDeadLetters = process.env[ENV.pythonDeadLetterQueueArn];
  return {
    asked,
    store: new S3Store(s3, readEnv(ENV.bucket)),
    results: new MeasuredSqsQueue(sqs, readEnv(ENV.resultQueueUrl)),
    inbox: { postpone: postponeBy(callTo(sqs, readEnv(ENV.resultQueueUrl))) },
    chunks: new MeasuredSqsQueue(sqs, readEnv(ENV.chunkQueueUrl)),
    pythonChunks: pythonChunkQueueUrl ? new MeasuredSqsQueue(sqs, pythonChunkQueueUrl) : undefined,
    deadLetters: [readEnv(ENV.deadLetterQueueArn), ...(pythonDeadLetters ? [pythonDeadLetters] : [])],
    announce: announcerTo(process.env[ENV.eventBusArn]),
  };
}

/** Undefined where there is no bus. */
function announcerTo(eventBusArn: string | undefined): AggregatePorts["announce"] {
  if (!eventBusArn) return undefined;
  const bus = new EventBus(new AwsClient(settingsOfFunction("events")), eventBusArn);
  const bucket = readEnv(ENV.bucket);
  return (ended) => {
    const detail: JobEnded = { ...ended, bucket };
    return bus.put({ ...JOB_ENDED, detail });
  };
}
