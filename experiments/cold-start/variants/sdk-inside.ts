/** The worker, and the SDK's clients of S3 and SQS: loaded and made, not used. */
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";

export { handler } from "../../../functions/worker/handler.ts";
export const clients = [new S3Client({}), new SQSClient({})];
