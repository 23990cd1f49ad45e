/** The four queues of a project on a server that speaks SQS: the stack's queues without the stack. */
import * as v from "valibot";
import { MAX_RECEIVE_COUNT } from "../../validation/env.ts";
import { parse } from "../../validation/parse.ts";
import type { Inbox, MeasuredQueue } from "../queue.ts";
import type { AwsClient } from "./aws-client.ts";
import { callTo } from "./queue-call.ts";
import { queueArn, sqsInbox } from "./sqs-inbox.ts";
import type { SqsPlace } from "./sqs-place.ts";
import { MeasuredSqsQueue } from "./sqs-queue.ts";

/** Workers hide what they are at again and again: a machine that dies gives its messages back after this long. */
const VISIBILITY_SECONDS = 30;
/** As long as SQS keeps a message. */
const RETENTION_SECONDS = 14 * 24 * 60 * 60;

/** Both ends of an SQS queue, and its address. */
export type WholeQueue = MeasuredQueue & Inbox & { readonly url: string; readonly arn: string };

export interface SqsQueues {
  readonly chunks: WholeQueue;
  readonly results: WholeQueue;
  readonly deadChunks: WholeQueue;
  readonly deadResults: WholeQueue;
}

const CreatedSchema = v.object({ QueueUrl: v.string() });

/**
 * The place's queues, which are made where they are missing: who comes first makes them, worker or client, and making one again with the
 * same attributes gives the one that is there. Throws AwsError.
 */
export async function openQueues(client: AwsClient, { endpoint, prefix }: SqsPlace): Promise<SqsQueues> {
  const call = callTo(client, endpoint);
  const create = async (name: string, deadLetters?: WholeQueue): Promise<WholeQueue> => {
    const Attributes = {
      VisibilityTimeout: `${VISIBILITY_SECONDS}`,
      MessageRetentionPeriod: `${RETENTION_SECONDS}`,
      ...(deadLetters && {
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: deadLetters.arn,
          maxReceiveCount: MAX_RECEIVE_COUNT,
        }),
      }),
    };
    const asked = { QueueUrl: undefined, QueueName: `${prefix}-${name}`, Attributes };
    const made = await call("CreateQueue", asked);
    const { QueueUrl: url } = parse(CreatedSchema, made, "SQS's answer");
    const both = Object.assign(new MeasuredSqsQueue(client, url), sqsInbox(client, url));
    return Object.assign(both, { url, arn: queueArn(url, client.region) });
  };
  const [deadChunks, deadResults] = await Promise.all([create("chunks-dead"), create("results-dead")]);
  const [chunks, results] = await Promise.all([create("chunks", deadChunks), create("results", deadResults)]);
  return { chunks, results, deadChunks, deadResults };
}
