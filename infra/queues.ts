import { Duration } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Queue, QueueEncryption, type QueueProps } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { MAX_RECEIVE_COUNT } from "../shared/validation/env.ts";
import type { Fleet } from "./monitored.ts";
import { DEAD_LETTER_RETENTION, type Settings } from "./settings.ts";
import type { StageFunction } from "./stage-function.ts";

export interface MessageQueueProps {
  readonly consumer: StageFunction;
  readonly deadLetters: Queue;
  readonly retention: Duration;
  readonly encryptionKey?: IKey | undefined;
}

/** A queue between two stages. SQS moves a message that its consumer failed with too often to the dead letters. */
export function makeQueue(scope: Construct, id: string, props: MessageQueueProps): Queue {
  return new Queue(scope, id, {
    ...secure(props.encryptionKey),
    retentionPeriod: props.retention,
    visibilityTimeout: visibilityTimeout(props.consumer),
    deadLetterQueue: { queue: props.deadLetters, maxReceiveCount: MAX_RECEIVE_COUNT },
  });
}

/** The queue of a fleet and its dead letters, which the aggregator reads; `what` is in them. */
export function makeChunkQueues(
  scope: Construct,
  what: string,
  {
    worker,
    aggregator,
    settings: { messageRetention: retention, encryptionKey },
  }: Readonly<Record<"worker" | "aggregator", StageFunction>> & { readonly settings: Settings },
): Pick<Fleet, "chunks" | "chunkDeadLetters"> {
  const ofDead = { consumer: aggregator, encryptionKey };
  const chunkDeadLetters = makeDeadLetterQueue(scope, `${what}DeadLetters`, ofDead);
  const ofChunks = { consumer: worker, deadLetters: chunkDeadLetters, retention, encryptionKey };
  return { chunks: makeQueue(scope, `${what}s`, ofChunks), chunkDeadLetters };
}

/** A dead-letter queue. Without a consumer, its messages wait for a person to look at them. */
export function makeDeadLetterQueue(
  scope: Construct,
  id: string,
  props: Partial<Pick<MessageQueueProps, "consumer" | "encryptionKey">>,
): Queue {
  return new Queue(scope, id, {
    ...secure(props.encryptionKey),
    retentionPeriod: DEAD_LETTER_RETENTION,
    ...(props.consumer && { visibilityTimeout: visibilityTimeout(props.consumer) }),
  });
}

/** Two aggregators at once write the same bytes, and a mapping's concurrency is at least two. */
export const AGGREGATOR_BATCHES = {
  batchSize: 100,
  maxBatchingWindow: Duration.seconds(1),
  maxConcurrency: 2,
};

/** AWS's advice: leaves the mapping time to retry a throttled function before the message becomes visible again. */
export function visibilityTimeout(consumer: StageFunction): Duration {
  return Duration.seconds(6 * consumer.timeoutSeconds);
}

/**
 * With a customer key, SQS asks KMS for a data key once an hour instead of every five minutes (the default). A fleet
 * shares one role, so it counts as one requester. Source of both:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
function secure(encryptionKey: IKey | undefined): QueueProps {
  if (!encryptionKey) return { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
  return {
    encryption: QueueEncryption.KMS,
    encryptionMasterKey: encryptionKey,
    dataKeyReuse: Duration.hours(1),
    enforceSSL: true,
  };
}
