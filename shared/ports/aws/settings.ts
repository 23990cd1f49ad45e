import { readEnv } from "../../validation/env.ts";
import type { AwsClientOptions } from "./aws-client.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The region and the role's keys from the variables that Lambda sets, read anew for each request.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html Throws EnvironmentError.
 */
export function settingsOfFunction(
  service: AwsClientOptions["service"],
  environment: Environment = process.env,
): AwsClientOptions {
  const read = (name: string) => readEnv(name, environment);
  return {
    service,
    region: read("AWS_REGION"),
    endpoint: environment[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || environment.AWS_ENDPOINT_URL,
    credentials: async () => ({
      accessKeyId: read("AWS_ACCESS_KEY_ID"),
      secretAccessKey: read("AWS_SECRET_ACCESS_KEY"),
      sessionToken: environment.AWS_SESSION_TOKEN,
    }),
  };
}
