import type { Stage } from "../../../shared/build/bundling.ts";
import { bucketArn, functionArn, logGroupArn, queueArn, stackArn } from "./arns.ts";
import type { Call } from "./call.ts";
import type { StackPolicies } from "./stack-policies.ts";

/** Who calls: a stage's function, or a client of the deployment. */
export type Caller = Stage | "client";

/** What IAM is asked when a call comes: may this caller do that to this resource? */
export interface IamRequest {
  readonly stage: Caller;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
  /** The call that needs it, or what AWS does in the stage's name. */
  readonly reason: string;
}

/**
 * What each S3 operation asks IAM for, and its key if there is a customer's. Every step of a multipart upload is a
 * PutObject, but for giving up; its parts are decrypted to be joined. `If-None-Match` asks for nothing more.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
 */
const S3: Readonly<Record<string, { readonly action: string; readonly kms: readonly string[] }>> = {
  GetObject: { action: "s3:GetObject", kms: ["kms:Decrypt"] },
  HeadObject: { action: "s3:GetObject", kms: ["kms:Decrypt"] },
  ListObjectsV2: { action: "s3:ListBucket", kms: [] },
  PutObject: { action: "s3:PutObject", kms: ["kms:GenerateDataKey"] },
  CreateMultipartUpload: { action: "s3:PutObject", kms: ["kms:GenerateDataKey"] },
  UploadPart: { action: "s3:PutObject", kms: ["kms:Decrypt"] },
  CompleteMultipartUpload: { action: "s3:PutObject", kms: ["kms:Decrypt"] },
  AbortMultipartUpload: { action: "s3:AbortMultipartUpload", kms: [] },
  DeleteObject: { action: "s3:DeleteObject", kms: [] },
  DeleteObjects: { action: "s3:DeleteObject", kms: [] },
};

/**
 * The same for SQS; batches are the same action. Producers need both of a key's actions.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
const SQS: typeof S3 = {
  SendMessage: { action: "sqs:SendMessage", kms: ["kms:GenerateDataKey", "kms:Decrypt"] },
  SendMessageBatch: { action: "sqs:SendMessage", kms: ["kms:GenerateDataKey", "kms:Decrypt"] },
  GetQueueAttributes: { action: "sqs:GetQueueAttributes", kms: [] },
  ReceiveMessage: { action: "sqs:ReceiveMessage", kms: ["kms:Decrypt"] },
  DeleteMessage: { action: "sqs:DeleteMessage", kms: [] },
  DeleteMessageBatch: { action: "sqs:DeleteMessage", kms: [] },
  ChangeMessageVisibility: { action: "sqs:ChangeMessageVisibility", kms: [] },
  ChangeMessageVisibilityBatch: { action: "sqs:ChangeMessageVisibility", kms: [] },
};

/**
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html: the last two take no resource.
 */
const LAMBDA: typeof S3 = {
  Invoke: { action: "lambda:InvokeFunction", kms: [] },
  GetFunctionConfiguration: { action: "lambda:GetFunctionConfiguration", kms: [] },
  GetAccountSettings: { action: "lambda:GetAccountSettings", kms: [] },
  ListEventSourceMappings: { action: "lambda:ListEventSourceMappings", kms: [] },
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html */
const CLOUDFORMATION: typeof S3 = { DescribeStacks: { action: "cloudformation:DescribeStacks", kms: [] } };

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html */
const LOGS: typeof S3 = { FilterLogEvents: { action: "logs:FilterLogEvents", kms: [] } };

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html: it takes no resource. */
const CLOUDWATCH: typeof S3 = { GetMetricData: { action: "cloudwatch:GetMetricData", kms: [] } };

const OPERATIONS: Readonly<Record<string, typeof S3>> = {
  s3: S3,
  sqs: SQS,
  lambda: LAMBDA,
  cloudformation: CLOUDFORMATION,
  logs: LOGS,
  cloudwatch: CLOUDWATCH,
};

/** What a call is about, where IAM asks about that. */
function ownerOf({ operation, parameters }: Call): string {
  const { Bucket, QueueUrl, FunctionName, StackName, logGroupName } = parameters;
  if (QueueUrl !== undefined) return queueArn(QueueUrl);
  if (StackName !== undefined) return stackArn(StackName);
  if (logGroupName !== undefined) return logGroupArn(logGroupName);
  if (FunctionName !== undefined && operation !== "ListEventSourceMappings") return functionArn(FunctionName);
  return Bucket === undefined ? "*" : bucketArn(Bucket);
}

/** Everything that a call asks of IAM. Throws for an operation that no table above has. */
export function iamRequests(stage: Caller, call: Call, keyOf: StackPolicies["keyOf"]): IamRequest[] {
  const { service, operation, parameters, status } = call;
  const { Key, Prefix } = parameters;
  const rule = OPERATIONS[service]?.[operation];
  if (!rule) throw new Error(`No IAM action is known for ${service} ${operation} of the ${stage}`);
  const owner = ownerOf(call);
  const resource = Key === undefined ? owner : `${owner}/${Key}`;
  const request = (action: string, on: string, context: IamRequest["context"] = {}): IamRequest => ({
    ...{ stage, action, context },
    resource: on,
    reason: operation,
  });

  const requests = [request(rule.action, resource, Prefix === undefined ? {} : { "s3:prefix": Prefix })];
  // Without it S3 answers 403, whether the key is there or not, and to S3 the key is the prefix then:
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html (Permissions)
  if (rule.action === "s3:GetObject" && status === 404 && Key !== undefined)
    requests.push(request("s3:ListBucket", owner, { "s3:prefix": Key }));
  const key = keyOf.get(owner);
  if (key !== undefined && status !== 404) for (const action of rule.kms) requests.push(request(action, key));
  return requests;
}
