import { AwsClient } from "./aws-client.ts";
import { S3Store } from "./s3-store.ts";
import { settingsOfFunction } from "./settings.ts";

/** A bucket for a process whose environment has AWS_REGION, keys and, if it is not AWS's, the endpoint. Throws EnvironmentError. */
export function openBucket(bucket: string) {
  const client = new AwsClient(settingsOfFunction("s3"));
  return { store: new S3Store(client, bucket), close: () => client.close() };
}
