import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { CloudFormationClient, DescribeStackResourcesCommand } from "@aws-sdk/client-cloudformation";
import {
  GetFunctionConfigurationCommand,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
} from "@aws-sdk/client-lambda";
import { ListBucketsCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { ListQueuesCommand } from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import { deploy, destroy } from "../../tools/localstack/cdk.ts";
import { callLocalStack, clientSettings } from "../helpers/localstack.ts";
import { deployedSite } from "../helpers/site.ts";

const ROOT = join(import.meta.dirname, "../..");
const ARGS = ["-c", "maxConcurrency=4"];
const site = deployedSite({ args: ARGS });

/** What a deployment can leave behind, by asking each service; the CDK's own bootstrap stack is not ours. */
async function leftOvers(): Promise<string[]> {
  const { s3, sqs, lambda } = site.clients;
  const [functions, mappings, queues, buckets, logs, alarms, roles] = await Promise.all([
    lambda.send(new ListFunctionsCommand({})),
    lambda.send(new ListEventSourceMappingsCommand({})),
    sqs.send(new ListQueuesCommand({})),
    s3.send(new ListBucketsCommand({})),
    callLocalStack(site.localStack, "Logs_20140328.DescribeLogGroups", {}),
    query("monitoring", "DescribeAlarms", "2010-08-01"),
    query("iam", "ListRoles", "2010-05-08"),
  ]);
  const names = [
    ...(functions.Functions ?? []).map(({ FunctionName }) => `function ${FunctionName}`),
    ...(mappings.EventSourceMappings ?? []).map(({ UUID }) => `mapping ${UUID}`),
    ...(queues.QueueUrls ?? []).map((url) => `queue ${url}`),
    ...(buckets.Buckets ?? []).map(({ Name }) => `bucket ${Name}`),
    ...(logs as { logGroups: { logGroupName: string }[] }).logGroups.map(
      (group) => `log group ${group.logGroupName}`,
    ),
    ...[...alarms.matchAll(/<AlarmName>([^<]+)/g)].map(([, name]) => `alarm ${name}`),
    ...[...roles.matchAll(/<RoleName>([^<]+)/g)].map(([, name]) => `role ${name}`),
  ];
  return names.filter((name) => !/ cdk-/.test(name)).sort();
}

/** A call of a service with the query protocol that the project has no SDK client for. */
async function query(service: string, action: string, version: string): Promise<string> {
  const response = await fetch(site.localStack.endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request`,
    },
    body: new URLSearchParams({ Action: action, Version: version }).toString(),
  });
  expect(response.status).toBe(200);
  return response.text();
}

/** Bundled beforehand, so that deploying it takes seconds. */
async function synthesizeChanged(): Promise<string> {
  const output = join(site.folder, "changed.out");
  const app = `node ${join(ROOT, "test/fixtures/changed-app.ts")}`;
  await promisify(execFile)(join(ROOT, "node_modules/.bin/cdk"), [
    "synth",
    "--quiet",
    "--app",
    app,
    "--output",
    output,
  ]);
  return output;
}

/** Submits a job of many small chunks, waits for its end and gives its summary. */
async function runJob(jobId: string) {
  const many = ["--size", "1000", "--chunk", "25x25", "--chunks-per-message", "1"];
  expect((await site.cli("submit", ...many, "--job-id", jobId)).code).toBe(0);
  const { code, stdout } = await site.cli("attach", jobId, "--json");
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

test("jobs that run while a changed bundle is deployed complete", async () => {
  const { lambda } = site.clients;
  const { WorkerFunctionName: FunctionName } = site.outputs;
  const bundle = async () =>
    (await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).CodeSha256;
  const before = await bundle();
  const changed = await synthesizeChanged();
  let underWay = true;
  const deployed = deploy(site.localStack.environment, { app: changed }).finally(() => {
    underWay = false;
  });
  // One after the other: whichever of the two is slower on this machine, a job runs when the bundle changes.
  for (let count = 0; underWay; count++) {
    expect(await runJob(`updated-${count}`)).toMatchObject({
      state: "complete",
      failedAttempts: 0,
      sum: 51_214_485,
    });
  }
  await deployed;
  expect(await bundle()).not.toBe(before);
});

test("destroying leaves the bucket with the results, which the deployment had named, and nothing else", async () => {
  const { Removal, BucketName } = site.outputs;
  expect((await leftOvers()).length).toBeGreaterThan(20);
  await destroy(site.localStack.environment, { args: ARGS, output: join(site.folder, "cdk.out") });
  expect(await leftOvers()).toEqual([`bucket ${BucketName}`]);
  expect(Removal).toContain(BucketName);
  const { KeyCount } = await site.clients.s3.send(
    new ListObjectsV2Command({ Bucket: BucketName, Prefix: "jobs/updated-0/" }),
  );
  expect(KeyCount).toBeGreaterThan(100);
  const stacks = new CloudFormationClient(clientSettings(site.localStack));
  await expect(stacks.send(new DescribeStackResourcesCommand({ StackName: "Manyhands" }))).rejects.toThrow(
    /does not exist|not found/i,
  );
  stacks.destroy();
  const { code, stderr } = await site.cli("list", "--engine", "aws");
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^Expected a stack named Manyhands in us-east-1 at .*, found none: deploy it with `npm run deploy:localstack`/,
  );
});

test("with removeObjects, destroying leaves nothing", async () => {
  const before = await leftOvers();
  const args = [...ARGS, "-c", "removeObjects=true"];
  const output = join(site.folder, "removing.out");
  const { outputs } = await deploy(site.localStack.environment, { args, output });
  expect(outputs.Manyhands?.Removal).toMatch(/removes everything, with all results/);
  await destroy(site.localStack.environment, { args, output });
  expect(await leftOvers()).toEqual(before);
});
