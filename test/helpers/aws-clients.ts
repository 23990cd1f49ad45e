import { onTestFinished } from "vitest";
import type { LocalCloud } from "../../client/local/local-cloud.ts";
import { AwsClient } from "../../shared/ports/aws/aws-client.ts";

/** Our own client of an embedded service, gone when the test ends. */
export function awsClient(service: "s3" | "sqs", { region, endpoint, credentials }: LocalCloud): AwsClient {
  const client = new AwsClient({ service, region, endpoint, credentials: async () => credentials });
  onTestFinished(() => client.close());
  return client;
}
