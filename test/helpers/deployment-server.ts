import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { makeEmulator } from "../../client/local/emulator.ts";
import { BUCKET } from "../../client/local/served.ts";
import { Folder } from "../../shared/ports/file/folder.ts";
import { temporaryFolder } from "./temporary.ts";

/** Hides the settings of the user who runs the tests, and does not wait for a metadata service. */
export const NO_AWS = {
  MANYHANDS_REDIS: "",
  REDIS_PASSWORD: "",
  AWS_PROFILE: "",
  AWS_REGION: "",
  AWS_DEFAULT_REGION: "",
  AWS_ACCESS_KEY_ID: "",
  AWS_SECRET_ACCESS_KEY: "",
  AWS_SESSION_TOKEN: "",
  AWS_ENDPOINT_URL: "",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_EC2_METADATA_DISABLED: "true",
  ...{ HTTP_PROXY: "", HTTPS_PROXY: "", NO_PROXY: "", http_proxy: "", https_proxy: "", no_proxy: "" },
};

/** The address that the deployment gives for its queues: no server answers there. */
const QUEUE_HOST = "http://sqs.us-east-1.localhost.localstack.test:1";
const ACCOUNT = "000000000000";

export interface DeploymentServerOptions {
  readonly outputs?: Readonly<Record<string, string>>;
  /** Answers in place of the deployment where it returns true. */
  readonly instead?: (service: string, request: IncomingMessage, response: ServerResponse) => boolean;
}

/**
 * All of a deployment that a client asks for but its functions, on one port: CloudFormation and STS say what they must, S3
 * and SQS are the embedded ones. `env` leads a command there.
 */
export async function deploymentServer({ outputs = {}, instead }: DeploymentServerOptions = {}) {
  const folder = temporaryFolder();
  const queue = (name: string) => ({
    url: `${QUEUE_HOST}/${ACCOUNT}/${name}`,
    arn: `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`,
  });
  const queues = {
    chunks: queue("chunks"),
    deadLetters: queue("chunks-dead"),
    results: queue("results"),
    resultDeadLetters: queue("results-dead"),
  };
  const emulator = await makeEmulator({
    ...{ queues, folder: new Folder({ "": folder }), visibilityTimeoutSeconds: 30, maxReceiveCount: 5 },
  });
  const all = { ...outputsOf(queues), ...outputs };
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    // Which service is meant stands in the scope of the signature.
    const service =
      /Credential=[^,]*\/([a-z0-9]+)\/aws4_request/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    requests.push(`${service} ${request.method} ${request.url}`);
    if (instead?.(service, request, response)) return;
    // The embedded S3 knows no delimiters: no stage asks for folders.
    if (service === "s3" && request.url?.includes("delimiter=")) return response.end(jobFolders(folder));
    if (service === "s3" || service === "sqs") return emulator.routing(request, response);
    await buffer(request);
    response.setHeader("content-type", service === "lambda" ? "application/json" : "text/xml");
    response.end(ANSWERS[service]?.(request, all) ?? "");
  });
  server.keepAliveTimeout = 0; // it would close a connection just as a request comes
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await emulator.close();
  });
  const { port } = server.address() as AddressInfo;
  const env = {
    ...{ ...NO_AWS, AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" },
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  };
  return { env, port, folder, requests };
}

function jobFolders(folder: string): string {
  const jobs = join(folder, "jobs");
  const ids = existsSync(jobs) ? readdirSync(jobs) : [];
  const prefixes = ids.map((id) => `<CommonPrefixes><Prefix>jobs/${id}/</Prefix></CommonPrefixes>`);
  return `<ListBucketResult>${prefixes.join("")}</ListBucketResult>`;
}

type Queues = Parameters<typeof makeEmulator>[0]["queues"];

function outputsOf({ chunks, results, deadLetters, resultDeadLetters }: Queues) {
  return {
    StackVersion: "0.1.0",
    BucketName: BUCKET,
    SplitterFunctionName: "splitter",
    WorkerFunctionName: "worker",
    AggregatorFunctionName: "aggregator",
    ChunkQueueUrl: chunks.url,
    ResultQueueUrl: results.url,
    ChunkDeadLetterQueueUrl: deadLetters.url,
    ResultDeadLetterQueueUrl: resultDeadLetters.url,
    MaxConcurrency: "10",
    IdleCost: "Nothing.",
    Removal: "None.",
  };
}

type Answer = (request: IncomingMessage, outputs: Readonly<Record<string, string>>) => string;

const ANSWERS: Readonly<Record<string, Answer>> = {
  cloudformation: (_, outputs) => {
    const members = Object.entries(outputs).map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    );
    return `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>Manyhands</StackName><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members.join("")}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
  },
  sts: () =>
    `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:user/me</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`,
  lambda: ({ url = "" }) => {
    if (url.includes("account-settings"))
      return JSON.stringify({ AccountLimit: { UnreservedConcurrentExecutions: 1000 } });
    if (url.endsWith("/configuration"))
      return JSON.stringify({ MemorySize: 1769, Timeout: 60, Architectures: ["arm64"] });
    const mappings = url.includes("FunctionName=worker") ? 1 : 2;
    return JSON.stringify({ EventSourceMappings: Array(mappings).fill({ State: "Enabled" }) });
  },
};
