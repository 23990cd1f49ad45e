import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { LOCALSTACK_SETTINGS } from "../../shared/build/commands.ts";
import { show } from "../../shared/validation/parse.ts";
import { shownAddress } from "../../shared/validation/printable.ts";
import { boundBodies } from "./bodies.ts";
import { CloudError, explain } from "./cloud-errors.ts";
import { type Credentials, findCredentials, NoCredentialsError } from "./credentials.ts";
import { proxyFromEnvironment } from "./proxy.ts";
import { CloudFormationClient, LambdaClient, S3Client, SQSClient, STSClient } from "./sdk.ts";

/** A splitter may take Lambda's longest 15 minutes to answer. */
const LONGEST_ANSWER_MS = 16 * 60_000;
const TIMEOUTS = { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true };

/** Clients of the services that a deployment uses, set up by the usual AWS variables, profile and endpoint. */
export interface Clients {
  /** The region, and the endpoint if one is set, for sentences. */
  readonly place: string;
  readonly region: string;
  readonly cloudFormation: CloudFormationClient;
  readonly lambda: LambdaClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly sts: STSClient;
  /** Logs and metrics, whose clients are loaded when they are first asked for. */
  watching(): Promise<Watching>;
}

interface Watching {
  readonly logs: CloudWatchLogsClient;
  readonly cloudWatch: CloudWatchClient;
}

/**
 * Runs `use` with clients for this machine's AWS settings and closes them. Throws CloudError if there are no
 * credentials or no region, and in place of every error of the SDK that a user can mend.
 */
export async function withClients<Result>(use: (clients: Clients) => Promise<Result>): Promise<Result> {
  const endpoint = checkedEndpoint();
  const proxyEnv = proxyFromEnvironment();
  const agents = proxyEnv && { httpAgent: { proxyEnv }, httpsAgent: { proxyEnv } };
  const requestHandler = { ...TIMEOUTS, ...agents };
  const { credentials, destroy } = findCredentials({ requestHandler });
  const settings = { requestHandler, credentials };
  const made = {
    cloudFormation: new CloudFormationClient(settings),
    lambda: new LambdaClient({
      ...settings,
      requestHandler: { ...requestHandler, requestTimeout: LONGEST_ANSWER_MS },
    }),
    s3: new S3Client(settings),
    // A queue's address holds the host as the deployment sees it: behind a tunnel, the client cannot reach that host.
    sqs: new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }),
    sts: new STSClient(settings),
  };
  const all: { destroy(): void }[] = [];
  const add = (client: { destroy(): void; readonly middlewareStack: unknown }) => {
    nameOperations(client);
    boundBodies(client);
    all.push(client);
  };
  for (const client of Object.values(made)) add(client);
  const watching = async () => {
    const { CloudWatchClient, CloudWatchLogsClient } = await import("./watching-sdk.ts");
    const both = { logs: new CloudWatchLogsClient(settings), cloudWatch: new CloudWatchClient(settings) };
    for (const client of Object.values(both)) add(client);
    return both;
  };
  let place = "AWS";
  try {
    made.s3.config.forcePathStyle = await hasEndpoint(made.s3);
    const region = await regionWith(credentials, made.cloudFormation);
    place = endpoint ? `${region} at ${shownAddress(endpoint)}` : region;
    return await use({ ...made, watching, region, place });
  } catch (error) {
    throw explain(error, place);
  } finally {
    for (const client of all) client.destroy();
    destroy();
  }
}

/**
 * The configured endpoint, checked: the SDK's own message for an address without a scheme is "Unknown". A service may
 * have an address of its own.
 */
function checkedEndpoint(): string | undefined {
  for (const [name, endpoint] of Object.entries(process.env)) {
    if (!/^AWS_ENDPOINT_URL(_|$)/.test(name) || !endpoint) continue;
    if (/^https?:$/.test(URL.parse(endpoint)?.protocol ?? "")) continue;
    throw new CloudError(
      `Expected ${name} to be an address such as http://127.0.0.1:4566, got ${show(shownAddress(endpoint))}.`,
    );
  }
  return process.env.AWS_ENDPOINT_URL;
}

/**
 * Whether an endpoint is set, by a variable or in a profile: there, a bucket's name in front of the host would not
 * resolve.
 */
async function hasEndpoint({ config }: S3Client): Promise<boolean> {
  return Boolean(await config.serviceConfiguredEndpoint?.());
}

/**
 * The region. An unknown profile has no region either, so its own error is reported first; and a role cannot be assumed
 * without a region.
 */
async function regionWith(credentials: Credentials, client: CloudFormationClient): Promise<string> {
  try {
    await credentials();
  } catch (error) {
    if (!(error instanceof NoCredentialsError)) await regionOf(client);
    throw error;
  }
  return regionOf(client);
}

async function regionOf({ config }: CloudFormationClient): Promise<string> {
  try {
    return await config.region();
  } catch (error) {
    const { AWS_REGION } = process.env;
    const got = AWS_REGION ? `got ${show(AWS_REGION)}` : "found none";
    throw new CloudError(
      `Expected an AWS region, ${got}: set AWS_REGION, or a region in the profile of AWS_PROFILE; ${LOCALSTACK_SETTINGS}.`,
      { cause: error },
    );
  }
}

/** Adds the operation to errors: S3 says only "Access Denied", not what was denied. */
function nameOperations({
  middlewareStack,
}: Pick<S3Client, "middlewareStack"> | { middlewareStack: unknown }): void {
  (middlewareStack as S3Client["middlewareStack"]).add(
    (next, { clientName = "", commandName = "" }) =>
      async (args) => {
        try {
          return await next(args);
        } catch (error) {
          const operation = `${clientName.replace(/Client$/, "")} ${commandName.replace(/Command$/, "")}`;
          throw error instanceof Error ? Object.assign(error, { operation }) : error;
        }
      },
    { step: "initialize", name: "nameOperations" },
  );
}
