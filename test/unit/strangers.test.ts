import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { PurgeQueueCommand } from "@aws-sdk/client-sqs";
import { SignatureV4 } from "@smithy/signature-v4";
import { describe, expect, onTestFinished, test } from "vitest";
import type { AnsweredRequest } from "../../client/local/local-cloud.ts";
import { queueDepth } from "../../client/local/queue-depth.ts";
import { S3Store } from "../../shared/ports/aws/s3-store.ts";
import { Sha256 } from "../../shared/ports/aws/sha256.ts";
import { SqsQueue } from "../../shared/ports/aws/sqs-queue.ts";
import { attacks, type Knock, knock } from "../faults/strangers.ts";
import { awsClient } from "../helpers/aws-clients.ts";
import { emulatedCloud } from "../helpers/emulator.ts";

const KEY = "jobs/j/array/escape_time/c/0/0";

/** A cloud with an object and a report in it, the requests that brought them, and all that it holds. */
async function cloudAtWork() {
  const requests: AnsweredRequest[] = [];
  const { cloud, folder, s3, sqs } = await emulatedCloud({ onAnswered: (request) => requests.push(request) });
  const store = new S3Store(awsClient("s3", cloud), cloud.bucket);
  await store.put("jobs/j/job.json", Buffer.from("{}"));
  await store.put(KEY, Buffer.from("a chunk"));
  await new SqsQueue(awsClient("sqs", cloud), cloud.queues.results.url).send(["a report"]);
  const signed = requests.filter(({ headers }) => headers.authorization);
  const holds = async () => ({
    files: readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), "utf8")]),
    reports: await queueDepth(cloud.sqs, cloud.queues.results),
  });
  return { cloud, s3, sqs, holds, put: signed[1] as AnsweredRequest, send: signed[2] as AnsweredRequest };
}

/** The same request once more, or another with its signature. */
const again = ({ method, url, headers }: AnsweredRequest, body: string, change: Partial<Knock> = {}) => {
  const { "content-length": _, ...signed } = headers;
  return { method, path: url, body, ...change, headers: { ...signed, ...change.headers } };
};

test("whatever a stranger sends is refused, and nothing changes", async () => {
  const { cloud, holds } = await cloudAtWork();
  const before = await holds();
  for (const [name, attack] of attacks(cloud.endpoint, "j")) {
    const { status, text: answer } = await knock(cloud.endpoint, attack);
    expect.soft(status, name).toBe(403);
    if (attack.method !== "HEAD") expect.soft(answer, name).toMatch(/<Code>\w+<\/Code>/);
  }
  expect(await holds()).toEqual(before);
});

describe("a signature is worth nothing", () => {
  test("for another request than the one that was signed", async () => {
    const { cloud, holds, put, send } = await cloudAtWork();
    const body = JSON.stringify(send.body);
    const replay = (request: AnsweredRequest, of: string, change?: Partial<Knock>) =>
      knock(cloud.endpoint, again(request, of, change));
    // What is sent again as it was is as good as it was: the changes below are what makes the difference.
    expect(await replay(put, "a chunk")).toMatchObject({ status: 200 });
    const before = await holds();
    const target = "x-amz-target";
    for (const answer of [
      replay(put, "a forged chunk"),
      replay(put, "a chunk", { path: "/manyhands/jobs/j/array/escape_time/c/0/1" }),
      replay(put, "a chunk", { path: `${put.url}?partNumber=1&uploadId=u` }),
      replay(put, "a chunk", { path: `${put.url}?prefix=a?b` }),
      replay(put, "", { method: "DELETE" }),
      replay(put, "a chunk", { headers: { "x-amz-meta-more": "than was signed" } }),
      replay(put, "a chunk", { headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } }),
      replay(put, "a chunk", { headers: { "x-amz-date": "20130101T000000Z" } }),
      replay(send, body.replace("a report", "a lie")),
      replay(send, body, { headers: { [target]: "AmazonSQS.ReceiveMessage" } }),
      replay(send, body, { headers: { [target]: "AmazonSQS.PurgeQueue" } }),
    ])
      expect.soft(await answer).toMatchObject({ status: 403 });
    expect(await holds()).toEqual(before);
  });

  test("with the secret of another run", async () => {
    const [{ cloud }, other] = [await cloudAtWork(), await cloudAtWork()];
    const client = awsClient("s3", { ...cloud, credentials: other.cloud.credentials });
    await expect(new S3Store(client, cloud.bucket).get("jobs/j/job.json")).rejects.toMatchObject({
      ...{ code: "SignatureDoesNotMatch", status: 403 },
    });
  });

  test("where a browser sends it, or where it is for another host", async () => {
    const { cloud, put } = await cloudAtWork();
    for (const headers of [
      { origin: cloud.endpoint },
      { "sec-fetch-site": "same-origin" },
      { host: put.headers.host?.replace("127.0.0.1", "localhost") ?? "" },
    ])
      expect(await knock(cloud.endpoint, again(put, "a chunk", { headers }))).toMatchObject({ status: 403 });
  });

  test("in an address, even with the run's own secret", async () => {
    const { cloud } = await cloudAtWork();
    const { hostname, host } = new URL(cloud.endpoint);
    const signer = new SignatureV4({
      ...{ service: "s3", region: cloud.region, credentials: cloud.credentials },
      ...{ sha256: Sha256, uriEscapePath: false },
    });
    const path = "/manyhands/jobs/j/job.json";
    const { query = {} } = await signer.presign({
      ...{ method: "GET", protocol: "http:", hostname, path, headers: { host } },
    });
    const search = new URLSearchParams(query as Record<string, string>);
    const presigned = await knock(cloud.endpoint, { method: "GET", path: `${path}?${search}` });
    expect(presigned.status).toBe(403);
  });
});

test("where any SDK may ask, SQS takes a request whose head has no hash of its body, if that is the one that was signed", async () => {
  const { cloud } = await emulatedCloud({ isForAnySdk: true });
  const body = JSON.stringify({
    QueueUrl: cloud.queues.results.url,
    Entries: [{ Id: "0", MessageBody: "a report" }],
  });
  const { hostname, port, host } = new URL(cloud.endpoint);
  const signer = new SignatureV4({
    ...{ service: "sqs", region: cloud.region, credentials: cloud.credentials, sha256: Sha256 },
    applyChecksum: false, // as most SDKs do for SQS
  });
  const headers = {
    host,
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": "AmazonSQS.SendMessageBatch",
  };
  const signed = await signer.sign({
    ...{ method: "POST", protocol: "http:", path: "/", hostname, port: Number(port) },
    headers,
    body,
  });
  const send = (other: string) =>
    knock(cloud.endpoint, { method: "POST", path: "/", body: other, headers: signed.headers });
  expect((await send(body)).status).toBe(200);
  expect((await send(body.replace("a report", "another"))).status).toBe(403);
  expect(await queueDepth(cloud.sqs, cloud.queues.results)).toMatchObject({ waiting: 1 });
});

test("what no stage does is not served, whoever asks", async () => {
  const { cloud, s3, sqs, holds } = await cloudAtWork();
  const before = await holds();
  await expect(sqs.send(new PurgeQueueCommand({ QueueUrl: cloud.queues.results.url }))).rejects.toThrow();
  const elsewhere = new GetObjectCommand({ Bucket: "another", Key: "jobs/j/job.json" });
  await expect(s3.send(elsewhere)).rejects.toMatchObject({ name: "AccessDenied" });
  expect(await holds()).toEqual(before);
});

test("a stranger's gigabyte is refused before any of it is read", async () => {
  const { cloud } = await cloudAtWork();
  const { hostname, port, host } = new URL(cloud.endpoint);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  socket.write(`PUT /manyhands/${KEY} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1000000000\r\n\r\n`);
  // The end of the answer is that of the connection.
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 403 /);
});
