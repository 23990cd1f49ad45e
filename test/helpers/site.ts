import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll } from "vitest";
import { STACK_NAME } from "../../shared/validation/env.ts";
import { deploy } from "../../tools/localstack/cdk.ts";
import { type LocalStack, startLocalStack } from "../../tools/localstack/server.ts";
import { type Ended, runCli, startCli } from "./cli.ts";

/** LocalStack with the stack deployed by the CDK command line, for the tests of one file. */
export interface Site {
  readonly localStack: LocalStack;
  /** What `cdk deploy` printed as outputs. */
  readonly outputs: Readonly<Record<string, string>>;
  /** This file's own; the stack is synthesised into `cdk.out` in it, and `api.log` has a line for each request. */
  readonly folder: string;
  readonly clients: { readonly s3: S3Client; readonly sqs: SQSClient; readonly lambda: LambdaClient };
  /** Runs `manyhands` against it, in `folder`. */
  cli(...args: readonly string[]): Promise<Ended>;
  startCli(...args: readonly string[]): ReturnType<typeof startCli>;
}

export interface SiteOptions {
  readonly args?: readonly string[];
  /** What is deployed, instead of the stack as it is: the folder of a stack that was synthesised, made in `folder`. */
  readonly app?: (folder: string) => string;
}

/** Deploys before the tests of the file and takes everything away after them. What it returns is filled by then. */
export function deployedSite({ args = [], app }: SiteOptions = {}): Site {
  const site = {} as { -readonly [Key in keyof Site]: Site[Key] };
  beforeAll(async () => {
    site.folder = mkdtempSync(join(tmpdir(), "manyhands-site-"));
    site.localStack = await startLocalStack({ apiLog: join(site.folder, "api.log") });
    const { environment: env, endpoint } = site.localStack;
    const source = app ? { app: app(site.folder) } : { output: join(site.folder, "cdk.out") };
    const { outputs } = await deploy(env, { args, ...source });
    site.outputs = outputs[STACK_NAME] ?? {};
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const settings = { endpoint, region: env.AWS_REGION ?? "", credentials };
    site.clients = {
      s3: new S3Client({ ...settings, forcePathStyle: true }),
      sqs: new SQSClient(settings),
      lambda: new LambdaClient(settings),
    };
    site.startCli = (...given) => startCli(given, { cwd: site.folder, env });
    site.cli = (...given) => runCli(given, { cwd: site.folder, env });
  });
  afterAll(async () => {
    for (const client of Object.values(site.clients ?? {})) client.destroy();
    await site.localStack?.stop();
    rmSync(site.folder, { recursive: true, force: true });
  });
  return site;
}
