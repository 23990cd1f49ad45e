/** A deployment's queue and bucket, for standing workers. */
import { AwsClient } from "../../shared/ports/aws/aws-client.ts";
import { settingsOfFunction } from "../../shared/ports/aws/settings.ts";
import { sqsInbox } from "../../shared/ports/aws/sqs-inbox.ts";
import { ENV } from "../../shared/validation/env.ts";
import type { Cloud } from "../cloud/cloud.ts";
import type { Environment } from "./fresh-slots.ts";
import type { StandingPlace } from "./standing-worker.ts";

/** Runs `use` with the place that a deployment is. */
export async function withStack<Result>(
  cloud: Cloud,
  use: (place: StandingPlace) => Promise<Result>,
): Promise<Result> {
  const places = await placesOf(cloud);
  const environment = () => withKeys(cloud, places);
  const credentials = cloud.clients.sqs.config.credentials;
  const client = new AwsClient({ ...settingsOfFunction("sqs", await environment()), credentials });
  try {
    return await use({ inbox: sqsInbox(client, cloud.deployment.chunkQueue), environment });
  } finally {
    client.close();
  }
}

/** Where the workers find what they need. */
async function placesOf({
  clients,
  deployment,
}: Pick<Cloud, "clients" | "deployment">): Promise<Environment> {
  const endpointOf = async (service: "sqs" | "s3") =>
    (await clients[service].config.serviceConfiguredEndpoint?.()) ?? process.env.AWS_ENDPOINT_URL;
  const [sqs, s3] = await Promise.all([endpointOf("sqs"), endpointOf("s3")]);
  return {
    AWS_REGION: deployment.region,
    ...(sqs && { AWS_ENDPOINT_URL_SQS: sqs }),
    ...(s3 && { AWS_ENDPOINT_URL_S3: s3 }),
    [ENV.bucket]: deployment.bucket,
    [ENV.chunkQueueUrl]: deployment.chunkQueue,
    [ENV.resultQueueUrl]: deployment.resultQueue,
    [ENV.kernelUploads]: deployment.kernelUploads ?? "none",
  };
}

async function withKeys({ clients }: Pick<Cloud, "clients">, places: Environment): Promise<Environment> {
  const { accessKeyId, secretAccessKey, sessionToken } = await clients.sqs.config.credentials();
  return {
    ...places,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken && { AWS_SESSION_TOKEN: sessionToken }),
  };
}
