import { AwsClient, type Credentials } from "../../shared/ports/aws/aws-client.ts";
import { S3Store } from "../../shared/ports/aws/s3-store.ts";
import { settingsOfFunction } from "../../shared/ports/aws/settings.ts";
import type { OpenS3 } from "../../shared/ports/redis/store-url.ts";
import { awsSettings } from "./aws-settings.ts";

/**
 * Keys for buckets by this machine's AWS settings: those of the environment, as boto3 has it in workers of Python, else those of a profile or a
 * role, which expire and are looked up again before they do. The SDK is loaded for the latter alone. Close it in the end.
 */
export class MachineKeys {
  #chain: Promise<{ credentials(): Promise<Credentials>; destroy(): void }> | undefined;

  /** Rejects with NoCredentialsError. */
  readonly credentials = async (): Promise<Credentials> => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
    if (AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY)
      return {
        accessKeyId: AWS_ACCESS_KEY_ID,
        secretAccessKey: AWS_SECRET_ACCESS_KEY,
        sessionToken: AWS_SESSION_TOKEN,
      };
    this.#chain ??= import("./credentials.ts").then(({ findCredentials }) => findCredentials({}));
    return (await this.#chain).credentials();
  };

  /** What this process's environment says of AWS, with these keys: for one that knows no profile. It changes when the keys do. */
  async environment(): Promise<Readonly<Record<string, string>>> {
    const { accessKeyId, secretAccessKey, sessionToken = "" } = await this.credentials();
    return {
      ...awsSettings(),
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    };
  }

  /** The same, without keys where this machine never had any: for a server that says in a sentence of its own which it wants. */
  async environmentIfAny(): Promise<Readonly<Record<string, string>>> {
    try {
      return await this.environment();
    } catch (error) {
      const isNothingSet = error instanceof Error && "isNothingSet" in error && error.isNothingSet;
      if (isNothingSet) return awsSettings();
      throw error;
    }
  }

  /** Throws EnvironmentError without AWS_REGION. */
  readonly openBucket: OpenS3 = (bucket) => {
    const client = new AwsClient({ ...settingsOfFunction("s3"), credentials: this.credentials });
    return { store: new S3Store(client, bucket), close: () => client.close() };
  };

  async close(): Promise<void> {
    (await this.#chain?.catch(() => undefined))?.destroy();
  }
}
