/** The stack's queues without the stack, on a server that speaks SQS. */
import * as v from "valibot";
import { MAX_RECEIVE_COUNT } from "../../validation/env.ts";
import { parse } from "../../validation/parse.ts";
import type { Inbox, MeasuredQueue } from "../queue.ts";
import type { AwsClient } from "./aws-client.ts";
import { AwsError } from "./aws-error.ts";
import { callTo, type QueueCall } from "./queue-call.ts";
import { inboxBy, queueArn } from "./sqs-inbox.ts";
import type { SqsPlace } from "./sqs-place.ts";
import { depthBy, sendBy } from "./sqs-queue.ts";

/** Workers hide what they are at again and again: a machine that dies gives its messages back after this long. */
const VISIBILITY_SECONDS = 30;
/** As long as SQS keeps a message. */
const RETENTION_SECONDS = 14 * 24 * 60 * 60;

/** Both ends of a queue, and what SQS knows it by. */
interface WholeQueue extends MeasuredQueue, Inbox {
  readonly url: string;
  /** Its ARN. */
  readonly name: string;
}

export interface SqsQueues {
  readonly chunks: WholeQueue;
  readonly results: WholeQueue;
  readonly deadChunks: WholeQueue;
  readonly deadResults: WholeQueue;
}

const CreatedSchema = v.object({ QueueUrl: v.string() });

/**
 * The place's queues, made where they are missing: the first to come makes them, worker or client, and those that a server forgot at its
 * restart are made again when next asked. Throws AwsError.
 */
export async function openQueues(client: AwsClient, place: SqsPlace): Promise<SqsQueues> {
  const urls = await makeQueues(client, place);
  const queue = (url: string): WholeQueue => {
    const call = remaking(callTo(client, url), () => makeQueues(client, place));
    const name = queueArn(url, client.region);
    return {
      ...{ ...inboxBy(call, name), url, name },
      send: (bodies, { delaySeconds = 0 } = {}) => sendBy(call, bodies, delaySeconds),
      depth: () => depthBy(call),
    };
  };
  const { chunks, results, deadChunks, deadResults } = urls;
  return {
    ...{ chunks: queue(chunks), results: queue(results) },
    ...{ deadChunks: queue(deadChunks), deadResults: queue(deadResults) },
  };
}

/** Making a queue again with the attributes that it has changes nothing. Returns their URLs. */
async function makeQueues(
  client: AwsClient,
  { endpoint, prefix }: SqsPlace,
): Promise<Record<keyof SqsQueues, string>> {
  const call = callTo(client, endpoint);
  const make = async (name: string, deadLetters?: string): Promise<string> => {
    const policy = deadLetters && {
      deadLetterTargetArn: queueArn(deadLetters, client.region),
      maxReceiveCount: MAX_RECEIVE_COUNT,
    };
    const Attributes = {
      VisibilityTimeout: `${VISIBILITY_SECONDS}`,
      MessageRetentionPeriod: `${RETENTION_SECONDS}`,
      ...(policy && { RedrivePolicy: JSON.stringify(policy) }),
    };
    const asked = { QueueUrl: undefined, QueueName: `${prefix}-${name}`, Attributes };
    return parse(CreatedSchema, await call("CreateQueue", asked), "SQS's answer").QueueUrl;
  };
  const [deadChunks, deadResults] = await Promise.all([make("chunks-dead"), make("results-dead")]);
  const [chunks, results] = await Promise.all([make("chunks", deadChunks), make("results", deadResults)]);
  return { chunks, results, deadChunks, deadResults };
}

const GONE = /^(AWS\.SimpleQueueService\.NonExistentQueue|QueueDoesNotExist)$/;

function remaking(call: QueueCall, make: () => Promise<unknown>): QueueCall {
  return async (operation, input) => {
    try {
      return await call(operation, input);
    } catch (error) {
      if (!(error instanceof AwsError && GONE.test(error.code))) throw error;
      await make();
      return call(operation, input);
    }
  };
}
