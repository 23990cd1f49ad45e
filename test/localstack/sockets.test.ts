import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  CloudFormationClient,
  CreateStackCommand,
  waitUntilStackCreateComplete,
} from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { beforeAll, describe, expect, test } from "vitest";
import { install } from "../../tools/localstack/venv.ts";
import { type Knock, knock } from "../faults/strangers.ts";
import { functionsOn } from "../helpers/lambda.ts";
import { clientSettings, localStackForThisFile } from "../helpers/localstack.ts";
import { LISTENING, LOOPBACK, type Socket, socketsOf } from "../helpers/sockets.ts";

const localStack = await localStackForThisFile();
/** LocalStack asks whether the name it would give its S3 exists; told that it does not, it goes by the address. */
const KNOWN_ATTEMPT = "socket.gethostbyname s3.127.0.0.1";
describe.runIf(process.platform === "linux")("LocalStack at work", () => {
  const settings = clientSettings(localStack);
  const seen: Socket[] = [];
  const look = () => seen.push(...socketsOf(localStack.pid));

  beforeAll(async () => {
    const s3 = new S3Client({ ...settings, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: "bucket" }));
    await s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "key", Body: "body" }));
    look();
    const sqs = new SQSClient(settings);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "queue" }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "body" }));
    look();
    const role = { RoleArn: "arn:aws:iam::000000000000:role/test", RoleSessionName: "test" };
    await new STSClient(settings).send(new AssumeRoleCommand(role));
    const cloudFormation = new CloudFormationClient(settings);
    const TemplateBody = JSON.stringify({ Resources: { Topic: { Type: "AWS::SNS::Topic" } } });
    await cloudFormation.send(new CreateStackCommand({ StackName: "stack", TemplateBody }));
    await waitUntilStackCreateComplete(
      { client: cloudFormation, minDelay: 1, maxDelay: 1, maxWaitTime: 60 },
      { StackName: "stack" },
    );
    look();
    const { invoke } = await functionsOn(localStack)(
      `exports.handler = async () => (await fetch(process.env.AWS_ENDPOINT_URL)).status;`,
    );
    const running = invoke();
    look();
    await running;
    look();
  });

  test("listens on the loopback address and nowhere else", () => {
    const listening = seen.filter(({ state }) => state === LISTENING);
    const { port } = new URL(localStack.endpoint);
    expect(listening.map((socket) => socket.port)).toContain(Number(port));
    expect(listening.filter(({ local }) => !LOOPBACK.test(local))).toEqual([]);
  });

  test("is connected to nothing but this machine", () => {
    const connected = seen.filter(({ state }) => state !== LISTENING);
    expect(connected.length).toBeGreaterThan(0);
    expect(connected.filter(({ remote }) => !LOOPBACK.test(remote))).toEqual([]);
  });

  test("tries to reach nothing else, but for one name that it was not given", () => {
    const log = readFileSync(join(localStack.folder, "localstack.log"), "utf8");
    const refused = log.split("\n").filter((line) => line.includes("manyhands refused"));
    // Not "none": that it is there shows that it would be seen.
    expect(new Set(refused)).toEqual(new Set([`manyhands refused ${KNOWN_ATTEMPT}`]));
  });
});

describe("who asks LocalStack", () => {
  const { host, port } = new URL(localStack.endpoint);
  /** What a page can have a browser send without asking first whether it may. */
  const requests: Knock[] = [
    { method: "GET", path: "/_localstack/health" },
    { method: "GET", path: "/000000000000/queue?Action=PurgeQueue" },
    {
      ...{ method: "POST", path: "/bucket", headers: { "content-type": "multipart/form-data; boundary=b" } },
      body: '--b\r\ncontent-disposition: form-data; name="key"\r\n\r\nforged\r\n--b--\r\n',
    },
  ];

  test("is let in by the address", async () => {
    for (const name of [host, `localhost:${port}`])
      expect(
        await knock(localStack.endpoint, {
          ...{ method: "GET", path: "/_localstack/health", headers: { host: name } },
        }),
      ).toMatchObject({ status: 200 });
  });

  test("is refused where it is a page, also one that does not say so, or by another name", async () => {
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "https://app.localstack.cloud" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
      { host: `rebind.evil.example:${port}` },
      { host: `bucket.s3.localhost.localstack.cloud:${port}` },
      { host: `0.0.0.0:${port}` },
    ])
      for (const request of requests) {
        const sent = { ...request, headers: { ...request.headers, ...headers } };
        expect.soft(await knock(localStack.endpoint, sent)).toMatchObject({ status: 403 });
      }
  });

  test("gets nothing from a function's Runtime API, and can answer nothing in its place", async () => {
    const { invoke } = await functionsOn(localStack)(
      `exports.handler = async () => process.env.AWS_LAMBDA_RUNTIME_API;`,
    );
    const { payload } = await invoke();
    const [, address = ""] = /^(127\.0\.0\.1:\d+)\/[\w-]{40,}$/.exec(String(payload)) ?? [];
    const runtime = "/2018-06-01/runtime";
    for (const [method, path] of [
      ["GET", `${runtime}/invocation/next`],
      ["POST", `${runtime}/init/error`],
      ["POST", `/${"a".repeat(43)}${runtime}/init/error`],
      ["POST", "/"],
    ] as const)
      expect.soft(await knock(`http://${address}`, { method, path })).toMatchObject({ status: 403 });
    expect((await invoke()).payload).toBe(payload);
  });
});

test("what would try is refused, whether it knows a name or an address", async () => {
  const { python, plugin } = await install();
  const script = `
import socket
from manyhands_localstack import loopback_only
loopback_only.install()
for attempt in (
    lambda: socket.socket().connect(("192.0.2.1", 80)),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", ("192.0.2.1", 53)),
    lambda: socket.getaddrinfo("example.com", 443),
    lambda: socket.gethostbyname("example.com"),
):
    try:
        attempt()
        print("allowed")
    except ConnectionRefusedError as error:
        print(error)
here = socket.create_server(("127.0.0.1", 0))
socket.create_connection(("localhost", here.getsockname()[1]))
print("connected to this machine")
`;
  const { stdout } = await promisify(execFile)(python, ["-c", script], { env: { PYTHONPATH: plugin } });
  expect(stdout.trim().split("\n")).toEqual([
    "manyhands refused socket.connect 192.0.2.1",
    "manyhands refused socket.sendto 192.0.2.1",
    "manyhands refused socket.getaddrinfo example.com",
    "manyhands refused socket.gethostbyname example.com",
    "connected to this machine",
  ]);
});
