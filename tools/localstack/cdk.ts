import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { UsageError } from "./command.ts";
import { type Fallback, findFallbacks } from "./fallbacks.ts";
import { runProgram } from "./program.ts";
import { answers } from "./ready.ts";

const ROOT = join(import.meta.dirname, "../..");
const CDK = join(ROOT, "node_modules", ".bin", "cdk");
/** LocalStack's account for the keys `test`. */
const ACCOUNT = "000000000000";
const REGION = "us-east-1";
const DEFAULT_ENDPOINT = "http://127.0.0.1:4566";
const LOOPBACK = /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/;

export interface CdkOptions {
  /** Passed on to the CDK command line, e.g. `["-c", "maxConcurrency=10"]`. */
  readonly args?: readonly string[];
  /** An app other than cdk.json's: a command, or a folder that is synthesised already. */
  readonly app?: string;
  /** The folder to synthesise into. Default: cdk.json's `cdk.out`. Two deployments at once must not share it. */
  readonly output?: string;
  /** Receives the output of the CDK command line as it comes. */
  readonly tell?: (text: string) => void;
  /** Ends the command line, which is then awaited. CloudFormation goes on with what it has begun. */
  readonly signal?: AbortSignal;
}

export interface Deployed {
  /** Outputs by stack name and output key. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Resources that LocalStack only pretends to have made. */
  readonly fallbacks: readonly Fallback[];
}

/**
 * Bootstraps LocalStack if need be and deploys the app, by the CDK command line that would do it on AWS. `environment`
 * is what `startLocalStack` returned, or a process's own. Throws UsageError if its AWS_ENDPOINT_URL is not this machine
 * or nothing answers there. Throws ProgramError if the command failed, with its output if there is no `tell`. (The
 * stack is then stuck: start LocalStack afresh.)
 */
export async function deploy(environment: NodeJS.ProcessEnv, options: CdkOptions = {}): Promise<Deployed> {
  const { signal } = options;
  const variables = await localEnvironment(environment, signal);
  const client = cloudFormation(variables);
  const folder = mkdtempSync(join(tmpdir(), "manyhands-cdk-"));
  try {
    if (!(await exists(client, "CDKToolkit", signal))) {
      // Not in the project's folder: there, bootstrapping would synthesise the app without bundling it, and the
      // deployment would then reuse that output and upload 300 MB of sources.
      await cdk(["bootstrap", `aws://${ACCOUNT}/${REGION}`], folder, variables, options);
    }
    const file = join(folder, "outputs.json");
    const deployment = ["deploy", "--require-approval", "never", "--outputs-file", file];
    await cdk([...deployment, ...common(options)], ROOT, variables, options);
    const outputs = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
    return { outputs, fallbacks: await findFallbacks(client, signal) };
  } finally {
    client.destroy();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs `cdk destroy` without asking. Throws as `deploy` does. */
export async function destroy(environment: NodeJS.ProcessEnv, options: CdkOptions = {}): Promise<void> {
  const variables = await localEnvironment(environment, options.signal);
  await cdk(["destroy", "--force", ...common(options)], ROOT, variables, options);
}

function common({ args = [], app, output }: CdkOptions): string[] {
  return [...(app ? ["--app", app] : []), ...(output ? ["--output", output] : []), ...args];
}

/** Keeps every credential, profile and endpoint of the user's from the CDK: it can reach nothing but LocalStack. */
async function localEnvironment(
  environment: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<NodeJS.ProcessEnv> {
  const endpoint = environment.AWS_ENDPOINT_URL || DEFAULT_ENDPOINT;
  const { protocol, hostname = "", host } = URL.parse(endpoint) ?? {};
  // The address may have a password before the host, which must not be printed.
  const shown = host ? `${protocol}//${host}` : endpoint.replace(/^.*@|[^!-~]/gs, "");
  if (!LOOPBACK.test(hostname))
    throw new UsageError(
      `Expected AWS_ENDPOINT_URL to be a LocalStack on this machine, got \`${shown}\`. ` +
        "(To deploy to AWS: npx cdk deploy.)",
    );
  if (!(await answers(endpoint, signal)))
    throw new UsageError(
      `Expected LocalStack at ${shown}, but nothing answers: start it with npm run localstack in another terminal.`,
    );
  const others = Object.entries(process.env).filter(([name]) => !/^(AWS|CDK)_/.test(name));
  return {
    ...Object.fromEntries(others),
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    CDK_DISABLE_CLI_TELEMETRY: "true",
    CDK_DISABLE_VERSION_CHECK: "1",
  };
}

function cloudFormation(variables: NodeJS.ProcessEnv): CloudFormationClient {
  const { AWS_ENDPOINT_URL: endpoint = DEFAULT_ENDPOINT } = variables;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  return new CloudFormationClient({ endpoint, region: REGION, credentials });
}

async function exists(client: CloudFormationClient, stack: string, signal?: AbortSignal): Promise<boolean> {
  try {
    await client.send(new DescribeStacksCommand({ StackName: stack }), {
      ...(signal && { abortSignal: signal }),
    });
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "ValidationError") return false;
    throw error;
  }
}

function cdk(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  { tell, signal }: CdkOptions,
): Promise<void> {
  const quiet = ["--no-version-reporting", "--no-notices", "--progress", "events"];
  const options = args[0] === "deploy" ? quiet : quiet.slice(0, 2);
  return runProgram(CDK, [...args, ...options], { cwd, env, tell, signal });
}
