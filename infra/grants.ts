import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ILogGroupRef } from "aws-cdk-lib/aws-logs";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { IQueue } from "aws-cdk-lib/aws-sqs";

/**
 * What a stage may do, each grant with its actions and its resource. CDK's own grants allow more than the code
 * asks for: `grantRead` includes s3:List* and s3:GetBucket*, `grantConsumeMessages` sqs:GetQueueUrl. `keys` is a pattern
 * such as `jobs/*`.
 */

/**
 * GET, and listing below the same keys: without that, S3 answers 403 instead of 404 to a GET of an absent key, see
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html. It takes the key itself for `s3:prefix` then. That
 * AWS does not document; others have found and reproduce it, and Ceph's conformance tests for S3 have this very condition:
 * https://github.com/ceph/s3-tests/pull/741, https://github.com/ceph/ceph/pull/68577, https://github.com/kopia/kopia/pull/3072
 */
export const readObjects = (bucket: Bucket, keys: string): PolicyStatement[] => [
  new PolicyStatement({ actions: ["s3:GetObject"], resources: [bucket.arnForObjects(keys)] }),
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
 * PUT of any size: every step of a multipart upload counts as s3:PutObject, except giving up. So does a PUT under
 * `If-None-Match`, though its answer tells whether there is an object:
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

/** Of the function itself, not of its versions and aliases. */
export const invokeFunction = (called: IFunction): PolicyStatement[] => [
  new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [called.functionArn] }),
];

export const sendMessages = (queue: IQueue): PolicyStatement[] => [
  new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [queue.queueArn] }),
];

/** Handing a message back sooner than its visibility timeout would. */
export const postponeMessages = (queue: IQueue): PolicyStatement[] => [
  new PolicyStatement({ actions: ["sqs:ChangeMessageVisibility"], resources: [queue.queueArn] }),
];

/** Asking how full it is. */
export const measureQueue = (queue: IQueue): PolicyStatement[] => [
  new PolicyStatement({ actions: ["sqs:GetQueueAttributes"], resources: [queue.queueArn] }),
];

/** What Lambda's event source mapping does in the function's name, and a drainer does itself. */
export const consumeMessages = (queue: IQueue): PolicyStatement[] => [
  new PolicyStatement({
    actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
    resources: [queue.queueArn],
  }),
];

/** What AWSLambdaBasicExecutionRole allows on every log group, on this one. Its ARN ends with `:*`, the group's streams. */
export const writeLogs = (logGroup: ILogGroupRef): PolicyStatement[] => [
  new PolicyStatement({
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    resources: [logGroup.logGroupRef.logGroupArn],
  }),
];

/**
 * What S3 and SQS do with a customer's key in the stage's name. Every stage both reads and writes: GET, receiving and the
 * later parts of an upload take kms:Decrypt; PUT takes kms:GenerateDataKey, and sending takes both.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 * https://repost.aws/knowledge-center/s3-large-file-encryption-kms-key
 */
export const useKey = (key: IKey): PolicyStatement[] => [
  new PolicyStatement({ actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [key.keyArn] }),
];
