import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { ChangeMessageVisibilityCommand, SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { describe, expect, test } from "vitest";
import { BUCKET } from "../../client/local/served.ts";
import { emulatedCloud } from "../helpers/emulator.ts";
import { type Call, callOf } from "../helpers/policy/call.ts";
import { iamRequests } from "../helpers/policy/iam-requests.ts";
import { isAllowed } from "../helpers/policy/proof.ts";

/** Real clients, and the calls that the server takes their requests for. */
async function recordingCloud() {
  const calls: (Call | undefined)[] = [];
  const onAnswered: NonNullable<Parameters<typeof emulatedCloud>[0]>["onAnswered"] = (request) =>
    calls.push(callOf(request));
  return { ...(await emulatedCloud({ onAnswered })), calls };
}

describe("a request is taken for the call that it is", () => {
  test("whatever the stores and uploads send to S3", async () => {
    const { s3, calls } = await recordingCloud();
    const object = { Bucket: BUCKET, Key: "jobs/j/a" };
    await s3.send(new PutObjectCommand({ ...object, Body: "x", ContentType: "application/json" }));
    await s3.send(new GetObjectCommand(object));
    await s3.send(
      new ListObjectsV2Command({ Bucket: BUCKET, Prefix: "jobs/j/", StartAfter: "jobs/j/0", MaxKeys: 9 }),
    );
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(object));
    const upload = { ...object, UploadId };
    const { ETag } = await s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: "x" }));
    const Parts = [{ ETag, PartNumber: 1 }];
    await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    const { UploadId: other } = await s3.send(new CreateMultipartUploadCommand(object));
    await s3.send(new AbortMultipartUploadCommand({ ...object, UploadId: other }));
    const listing = { Bucket: BUCKET, Prefix: "jobs/j/" };
    expect(calls.filter((call) => call !== undefined)).toMatchObject([
      { principal: "local", service: "s3", operation: "PutObject", parameters: object, status: 200 },
      { operation: "GetObject", parameters: object },
      { operation: "ListObjectsV2", parameters: listing },
      { operation: "CreateMultipartUpload", parameters: object },
      { operation: "UploadPart", parameters: object },
      { operation: "CompleteMultipartUpload", parameters: object },
      { operation: "CreateMultipartUpload", parameters: object },
      { operation: "AbortMultipartUpload", parameters: object },
    ]);
  });

  test("whatever the queues send to SQS, but not what the event source does unsigned", async () => {
    const { sqs, cloud, calls } = await recordingCloud();
    const QueueUrl = cloud.queues.chunks.url;
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: "0", MessageBody: "m" }] }));
    const { Messages } = await cloud.sqs<{ Messages: { ReceiptHandle: string }[] }>("ReceiveMessage", {
      QueueUrl,
    });
    const [{ ReceiptHandle = "" } = {}] = Messages;
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    expect(calls.filter((call) => call !== undefined)).toEqual([
      {
        principal: "local",
        service: "sqs",
        operation: "SendMessageBatch",
        parameters: { QueueUrl },
        status: 200,
      },
      {
        principal: "local",
        service: "sqs",
        operation: "ChangeMessageVisibility",
        parameters: { QueueUrl },
        status: 200,
      },
    ]);
  });

  test("with the key as it was before it was encoded, and whether it was there", async () => {
    const { s3, calls } = await recordingCloud();
    const Key = "jobs/j/a b+c/ü%2F?=&";
    await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: "jobs/absent" })).catch(() => {});
    await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key })).catch(() => {});
    await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: Key }));
    const signed = calls.filter((call) => call !== undefined);
    expect(signed[0]).toMatchObject({ parameters: { Key: "jobs/absent" }, status: 404 });
    expect(signed[1]).toMatchObject({ operation: "GetObject", parameters: { Bucket: BUCKET, Key } });
    expect(signed.at(-1)).toMatchObject({
      operation: "ListObjectsV2",
      parameters: { Bucket: BUCKET, Prefix: Key },
    });
  });

  test("and what no table knows cannot pass for what it resembles", () => {
    const authorization = "… Credential=local/20260101/…";
    for (const [method, url, headers] of [
      ["POST", `/${BUCKET}/?delete`, {}],
      ["PUT", `/${BUCKET}/k?tagging`, {}],
      ["PUT", `/${BUCKET}/k`, { "x-amz-copy-source": `/${BUCKET}/other` }],
      ["PUT", "/another-bucket/k", {}],
    ] as const) {
      const call = callOf({
        method,
        url,
        headers: { authorization, ...headers },
        body: undefined,
        status: 200,
      });
      expect(() => iamRequests("worker", call as Call, new Map())).toThrow(
        /No IAM action is known for s3 (POST|PUT)/,
      );
    }
  });
});

describe("what a call asks of IAM", () => {
  const call = (operation: string, status = 200): Call => ({
    ...{ principal: "k", service: "s3", operation, status },
    parameters: { Bucket: "b", Key: "jobs/j/a" },
  });
  const asked = (of: Call, keyOf = new Map<string, string>()) =>
    iamRequests("worker", of, keyOf).map(({ action, resource, context }) => [action, resource, context]);

  test("an object that is absent asks for a listing with its key as the prefix", () => {
    const object = ["s3:GetObject", "arn:aws:s3:::b/jobs/j/a", {}];
    expect(asked(call("GetObject"))).toEqual([object]);
    expect(asked(call("GetObject", 404))).toEqual([
      object,
      ["s3:ListBucket", "arn:aws:s3:::b", { "s3:prefix": "jobs/j/a" }],
    ]);
  });

  test("a customer's key is asked for where the bucket has one", () => {
    const keyOf = new Map([["arn:aws:s3:::b", "arn:aws:kms:us-east-1:000000000000:key/k"]]);
    const actions = (operation: string, status = 200) =>
      asked(call(operation, status), keyOf).map(([action]) => action);
    expect(actions("GetObject")).toEqual(["s3:GetObject", "kms:Decrypt"]);
    expect(actions("GetObject", 404)).toEqual(["s3:GetObject", "s3:ListBucket"]);
    expect(actions("PutObject")).toEqual(["s3:PutObject", "kms:GenerateDataKey"]);
    expect(actions("UploadPart")).toEqual(["s3:PutObject", "kms:Decrypt"]);
    expect(actions("AbortMultipartUpload")).toEqual(["s3:AbortMultipartUpload"]);
  });
});

describe("IAM's answer", () => {
  const grant = { Effect: "Allow", Action: "s3:PutObject", Resource: "arn:aws:s3:::b/jobs/*" } as const;
  const put = (key: string, context = {}) => ({
    ...({ stage: "worker", action: "s3:PutObject", context, reason: "" } as const),
    resource: `arn:aws:s3:::b/${key}`,
  });
  const insecure = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Deny",
        Principal: { AWS: ["*"] },
        Action: "s3:*",
        Resource: ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  };
  const protecting = new Map([["arn:aws:s3:::b", insecure]]);

  test("is the grant's, within its resource", async () => {
    expect(await isAllowed(put("jobs/j/a"), [grant], protecting)).toBe(true);
    expect(await isAllowed(put("rejected/a"), [grant], protecting)).toBe(false);
    expect(await isAllowed(put("jobs/j/a"), [], protecting)).toBe(false);
  });

  test("is no where the bucket's policy denies it, whatever is granted", async () => {
    const plain = put("jobs/j/a", { "aws:SecureTransport": "false" });
    expect(await isAllowed(plain, [grant], protecting)).toBe(false);
    expect(await isAllowed(plain, [grant], new Map())).toBe(true);
  });

  test("is an error for an action that AWS does not have", async () => {
    const misspelt = { ...put("jobs/j/a"), action: "s3:PutObjects" };
    await expect(isAllowed(misspelt, [grant], protecting)).rejects.toThrow(/invalid.action/);
  });
});
