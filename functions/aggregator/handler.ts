import { Logger } from "@aws-lambda-powertools/logger";
import type { SQSBatchItemFailure, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { parseChunkMessage } from "../../shared/messages/chunk-message.ts";
import { parseResultMessage, type ReportMessage } from "../../shared/messages/chunk-report.ts";
import { AwsClient } from "../../shared/ports/aws/aws-client.ts";
import { handBack, parseOrReject } from "../../shared/ports/aws/delivery.ts";
import { S3Store } from "../../shared/ports/aws/s3-store.ts";
import { settingsOfFunction } from "../../shared/ports/aws/settings.ts";
import { SqsQueue } from "../../shared/ports/aws/sqs-queue.ts";
import { systemClock } from "../../shared/ports/clock.ts";
import { ENV, readEnv, readNumberEnv } from "../../shared/validation/env.ts";
import { describeError, isPermanent, NewerVersionError } from "../../shared/validation/errors.ts";
import { aggregate, buryDeadLetter } from "./aggregate.ts";
import { check } from "./check.ts";
import type { Finished } from "./finish.ts";
import { Looks } from "./looks.ts";

const logger = new Logger({ serviceName: "aggregator" });
const store = new S3Store(new AwsClient(settingsOfFunction("s3")), readEnv(ENV.bucket));
const sqs = new AwsClient(settingsOfFunction("sqs"));
const results = new SqsQueue(sqs, readEnv(ENV.resultQueueUrl));
const chunks = new SqsQueue(sqs, readEnv(ENV.chunkQueueUrl));
const deadLetterQueueArn = readEnv(ENV.deadLetterQueueArn);
const checkAfterSeconds = readNumberEnv(ENV.checkAfterSeconds);
const retryAfterSeconds = readNumberEnv(ENV.retryAfterSeconds);
const looks = new Looks(systemClock);
const ports = { store, results, chunks, clock: systemClock, kernels: KERNELS, checkAfterSeconds, looks };

/**
 * Handles one batch of the result queue or of the chunk queue's dead letters. Messages that it reports as failed come
 * again. `finished` and `dropped` (for good, see the log) are for a caller other than the mapping, which ignores them.
 */
export async function handler(
  event: SQSEvent,
): Promise<SQSBatchResponse & { finished: Finished[]; dropped: number }> {
  const failed: { readonly record: SQSRecord; readonly reason: unknown }[] = [];
  const finished: Finished[] = [];
  let dropped = 0;
  const attempt = async (records: readonly SQSRecord[], action: () => Promise<Finished | undefined>) => {
    try {
      const job = await action();
      if (!job) return;
      finished.push(job);
      const { jobId, state, chunks, makespanMs } = job.summary;
      logger.info("job finished", { jobId, state, chunks, makespanMs, plotsMs: job.plotsMs });
    } catch (error) {
      const permanent = isPermanent(error);
      const details = { error: describeError(error), permanent, messages: records.length };
      if (error instanceof NewerVersionError) logger.warn("newer message or record: handed back", details);
      else logger.error("batch failed", details);
      if (permanent) dropped += records.length;
      else failed.push(...records.map((record) => ({ record, reason: error })));
    }
  };

  // Reports of one job are kept together: one object in the store, one look at what is still missing.
  const reports: { record: SQSRecord; report: ReportMessage }[] = [];
  for (const record of event.Records) {
    await attempt([record], async () => {
      if (record.eventSourceARN === deadLetterQueueArn) {
        const letter = await parseOrReject(record, parseChunkMessage, store);
        return letter && buryDeadLetter(letter, ports);
      }
      const message = await parseOrReject(record, parseResultMessage, store);
      if (!message) dropped++;
      if (message?.kind === "check") return check(message, ports);
      if (message) reports.push({ record, report: message });
      return undefined;
    });
  }
  for (const [jobId, ofJob] of Map.groupBy(reports, ({ report }) => report.jobId)) {
    const records = ofJob.map(({ record }) => record);
    await attempt(records, () =>
      aggregate(
        jobId,
        ofJob.map(({ report }) => report),
        ports,
      ),
    );
  }
  return { batchItemFailures: await Promise.all(failed.map(handBackToItsQueue)), finished, dropped };
}

/**
 * Dead letters simply wait out their queue's visibility timeout, one of a newer version too, until this stage is updated or
 * the retention ends: its chunks must not be called failed by a stage that cannot read what became of them.
 */
async function handBackToItsQueue({
  record,
  reason,
}: {
  readonly record: SQSRecord;
  readonly reason: unknown;
}): Promise<SQSBatchItemFailure> {
  if (record.eventSourceARN === deadLetterQueueArn) return { itemIdentifier: record.messageId };
  return handBack(record, results, retryAfterSeconds, reason);
}
