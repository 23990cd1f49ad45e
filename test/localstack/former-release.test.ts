import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { deploy } from "../../tools/localstack/cdk.ts";
import { deployedSite } from "../helpers/site.ts";

const RELEASE = join(import.meta.dirname, "../fixtures/release-0477fe6/cdk.out.tar.gz");
const JOB_ID = "former";
/** 20 x 20 chunks, each in a message of its own: like the deployment, they take longer on a busy machine. */
const REQUEST = {
  ...{ version: 1, requestId: JOB_ID, kernel: "mandelbrot", parameters: { maxIterations: 1000 } },
  ...{ chunk: [25, 25], chunksPerMessage: 1 },
};

const site = deployedSite({
  app: (folder) => {
    const former = join(folder, "former.out");
    mkdirSync(former);
    execFileSync("tar", ["xzf", RELEASE, "-C", former]);
    return former;
  },
});

async function jobKeys(): Promise<string[]> {
  const { BucketName: Bucket } = site.outputs;
  const { Contents = [] } = await site.clients.s3.send(
    new ListObjectsV2Command({ Bucket, Prefix: `jobs/${JOB_ID}/array/` }),
  );
  return Contents.map(({ Key = "" }) => Key.replace(`jobs/${JOB_ID}/`, ""));
}

test("a job that runs while the stack of commit 0477fe6 is updated to this one completes in its old layout", async () => {
  const { SplitterFunctionName: FunctionName, BucketName: Bucket } = site.outputs;
  const { lambda, s3 } = site.clients;
  const invoked = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(REQUEST) }));
  expect(invoked.FunctionError).toBeUndefined();
  expect(JSON.parse(invoked.Payload?.transformToString() ?? "")).toMatchObject({
    chunks: 400,
    messages: 400,
  });

  await deploy(site.localStack.environment, {
    args: ["-c", "maxConcurrency=4"],
    output: join(site.folder, "cdk.out"),
  });
  const status = await site.cli("status", JOB_ID, "--engine", "aws", "--json");
  const { state, chunks } = JSON.parse(status.stdout);
  // Or else the update came too late, or too early, to show anything.
  expect({ state, began: chunks.done > 0, allDone: chunks.done === chunks.total }).toEqual({
    ...{ state: "running", began: true, allDone: false },
  });

  const { code, stdout } = await site.cli("attach", JOB_ID, "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ state: "complete", failedAttempts: 0, sum: 51_214_485 });
  const keys = await jobKeys();
  expect(keys).toContain("array/c/19/19");
  expect(keys.filter((key) => !key.startsWith("array/c/"))).toEqual(["array/zarr.json"]);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: `jobs/${JOB_ID}/array/zarr.json` }));
  expect(JSON.parse((await Body?.transformToString()) ?? "")).toMatchObject({ node_type: "array" });
  const rejected = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "rejected/" }));
  expect(rejected.KeyCount).toBe(0);
});
