/** What the client uses of AWS's SDK. In the npm package it is a bundle of its own, which has only these parts. */
export { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
export {
  GetAccountSettingsCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from "@aws-sdk/client-lambda";
export {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
export { GetQueueAttributesCommand, SQSClient, StartMessageMoveTaskCommand } from "@aws-sdk/client-sqs";
export { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
