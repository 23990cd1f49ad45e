import type { IEventBusRef } from "aws-cdk-lib/aws-events";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ILogGroupRef } from "aws-cdk-lib/aws-logs";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { IQueue } from "aws-cdk-lib/aws-sqs";

/**
 * Grants of a stage, each with its actions and its resource. CDK's own grants allow more than the code asks for:
 * `grantRead` includes s3:List* and s3:GetBucket*, `grantConsumeMessages` sqs:GetQueueUrl. `keys` is a pattern such as
 * `jobs/*`.
 * @example
 * worker.connect("BUCKET", bucket.bucketName, ...readObjects(bucket, "jobs/*"), ...uploadObjects(bucket, "jobs/*"));
 */

/** The keys of objects, as patterns, see shared/ports/keys.ts. */
export const KEYS = {
  jobs: "jobs/*",
  items: "jobs/*/items/*",
  control: "jobs/*/control/*",
  rejected: "rejected/*",
  kernels: "kernels/*",
  drainers: "drainers/*",
} as const;

/**
 * Allows GET, and listing below the same keys. Without the listing, S3 answers 403 instead of 404 to a GET of an absent
 * key, see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html. For such a GET S3 compares the key
 * itself with `s3:prefix`. AWS does not document that. Others have found and reproduced it, and Ceph's conformance
 * tests for S3 have this very condition: https://github.com/ceph/s3-tests/pull/741,
 * https://github.com/ceph/ceph/pull/68577, https://github.com/kopia/kopia/pull/3072
 */
export const readObjects = (bucket: Bucket, keys: string): PolicyStatement[] => [
  new PolicyStatement({ actions: ["s3:GetObject"], resources: [bucket.arnForObjects(keys)] }),
  ...listObjects(bucket, keys),
];

export const listObjects = (bucket: Bucket, keys: string): PolicyStatement[] => [
  new PolicyStatement({
    actions: ["s3:ListBucket"],
    resources: [bucket.bucketArn],
    conditions: { StringLike: { "s3:prefix": keys } },
  }),
];

export const putObjects = (bucket: Bucket, keys: string): PolicyStatement[] => [
  new PolicyStatement({ actions: ["s3:PutObject"], resources: [bucket.arnForObjects(keys)] }),
];

/**
 * Allows PUT of any size: every step of a multipart upload counts as s3:PutObject, except aborting it. A PUT under
 * `If-None-Match` counts as s3:PutObject too, though its answer tells whether the object exists:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export const uploadObjects = (bucket: Bucket, keys: string): PolicyStatement[] => [
  new PolicyStatement({
    actions: ["s3:PutObject", "s3:AbortMultipartUpload"],
    resources: [bucket.arnForObjects(keys)],
  }),
];

export const deleteObjects = (bucket: Bucket, keys: string): PolicyStatement[] => [
  new PolicyStatement({ actions: ["s3:DeleteObject"], resources: [bucket.arnForObjects(keys)] }),
];

/** Allows invoking the function itself, not its versions and aliases. */
export const invokeFunction = (called: IFunction): PolicyStatement[] => [
  new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [called.functionArn] }),
];

/** Allows reading its memory, its processor and its log group, not its code. */
export const describeFunction = (described: IFunction): PolicyStatement[] => [
  new PolicyStatement({ actions: ["lambda:GetFunctionConfiguration"], resources: [described.functionArn] }),
];

export const sendMessages = (queue: IQueue): PolicyStatement[] => [
  new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [queue.queueArn] }),
];

/** Allows handing a message back before its visibility timeout ends. */
export const postponeMessages = (queue: IQueue): PolicyStatement[] => [
  new PolicyStatement({ actions: ["sqs:ChangeMessageVisibility"], resources: [queue.queueArn] }),
];

/** Allows reading the number of messages. */
export const measureQueue = (queue: IQueue): PolicyStatement[] => [
  new PolicyStatement({ actions: ["sqs:GetQueueAttributes"], resources: [queue.queueArn] }),
];

/**
 * Allows moving messages back to the queue that they became dead letters of.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
 */
export const moveMessages = (deadLetters: IQueue, queue: IQueue): PolicyStatement[] => [
  new PolicyStatement({
    actions: [
      "sqs:StartMessageMoveTask",
      "sqs:ReceiveMessage",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
    ],
    resources: [deadLetters.queueArn],
  }),
  ...sendMessages(queue),
];

/** Allows what Lambda's event source mapping does in the function's name, and a drainer does itself. */
export const consumeMessages = (queue: IQueue): PolicyStatement[] => [
  new PolicyStatement({
    actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
    resources: [queue.queueArn],
  }),
];

/** Allows what a worker does that no mapping feeds: to receive messages, to hide them and to acknowledge them. */
export const takeMessages = (queue: IQueue): PolicyStatement[] => [
  new PolicyStatement({
    actions: ["sqs:ReceiveMessage", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage"],
    resources: [queue.queueArn],
  }),
];

export const putEvents = (bus: IEventBusRef): PolicyStatement[] => [
  new PolicyStatement({ actions: ["events:PutEvents"], resources: [bus.eventBusRef.eventBusArn] }),
];

/**
 * Allows on this log group what AWSLambdaBasicExecutionRole allows on every one. Its ARN ends with `:*`, the group's
 * streams.
 */
export const writeLogs = (logGroup: ILogGroupRef): PolicyStatement[] => [
  new PolicyStatement({
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    resources: [logGroup.logGroupRef.logGroupArn],
  }),
];

/** Allows searching this log group. */
export const readLogs = (logGroup: ILogGroupRef): PolicyStatement[] => [
  new PolicyStatement({ actions: ["logs:FilterLogEvents"], resources: [logGroup.logGroupRef.logGroupArn] }),
];

/**
 * Allows what S3 and SQS do with a customer's key in the stage's name. Every stage both reads and writes: GET,
 * receiving and the later parts of an upload take kms:Decrypt; PUT takes kms:GenerateDataKey, and sending takes both.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 * https://repost.aws/knowledge-center/s3-large-file-encryption-kms-key
 */
export const useKey = (key: IKey): PolicyStatement[] => [
  new PolicyStatement({ actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [key.keyArn] }),
];

/** Allows what S3 does with a customer's key for one who only reads. */
export const readKey = (key: IKey): PolicyStatement[] => [
  new PolicyStatement({ actions: ["kms:Decrypt"], resources: [key.keyArn] }),
];
