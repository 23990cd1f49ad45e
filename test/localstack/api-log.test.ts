import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, expect, test } from "vitest";
import { functionsOn } from "../helpers/lambda.ts";
import { clientSettings, localStackForThisFile } from "../helpers/localstack.ts";

const folder = mkdtempSync(join(tmpdir(), "manyhands-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const apiLog = join(folder, "api.log");
const localStack = await localStackForThisFile({ apiLog });

const ROLE = "arn:aws:iam::000000000000:role/of-this-function";
/** Signed as far as LocalStack looks at it: the key tells who asks. */
const CALLING = `
  exports.handler = async ({ method, path, body }) => {
    const Credential = process.env.AWS_ACCESS_KEY_ID + "/20260101/us-east-1/s3/aws4_request";
    const headers = { authorization: "AWS4-HMAC-SHA256 Credential=" + Credential };
    return (await fetch(process.env.AWS_ENDPOINT_URL + path, { method, body, headers })).status;
  };`;

interface Line {
  readonly accessKeyId: string;
  readonly roleArn?: string;
  readonly internal: boolean;
  readonly service: string;
  readonly operation: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly status: number;
}

function read(wanted: Partial<Line>): Line[] {
  const lines = readFileSync(apiLog, "utf8").trim().split("\n");
  return lines
    .map((line): Line => JSON.parse(line))
    .filter((line) => Object.entries(wanted).every(([name, value]) => line[name as keyof Line] === value));
}

test("each call is a line: who, what, on what, and how it ended", async () => {
  const s3 = new S3Client({ ...clientSettings(localStack), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "bucket" }));
  const { invoke } = await functionsOn(localStack)(CALLING, { Role: ROLE });
  expect((await invoke({ method: "PUT", path: "/bucket/a/key", body: "the content" })).payload).toBe(200);
  expect((await invoke({ method: "GET", path: "/bucket/missing" })).payload).toBe(404);

  const [created] = read({ operation: "CreateBucket", internal: false });
  expect(created).toMatchObject({
    accessKeyId: "test",
    service: "s3",
    parameters: { Bucket: "bucket" },
    status: 200,
  });
  expect(created).not.toHaveProperty("roleArn");

  const byFunction = read({ roleArn: ROLE, internal: false });
  expect(byFunction).toMatchObject([
    { service: "s3", operation: "PutObject", parameters: { Bucket: "bucket", Key: "a/key" }, status: 200 },
    { service: "s3", operation: "GetObject", parameters: { Bucket: "bucket", Key: "missing" }, status: 404 },
  ]);
  expect(JSON.stringify(byFunction)).not.toContain("the content");
});

test("what is done in a function's name, but not by it, is marked", async () => {
  const { name, invoke } = await functionsOn(localStack)("exports.handler = async () => {};", {
    Role: `${ROLE}-2`,
  });
  await invoke();
  const lines = read({ roleArn: `${ROLE}-2` });
  expect(lines.filter(({ internal }) => !internal)).toEqual([]);
  expect(lines.filter(({ status }) => status === 200)).toMatchObject([
    { operation: "CreateLogGroup", parameters: { logGroupName: `/aws/lambda/${name}` } },
    { operation: "CreateLogStream" },
    { operation: "PutLogEvents" },
  ]);
});
