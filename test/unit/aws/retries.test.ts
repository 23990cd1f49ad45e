import { describe, expect, test } from "vitest";
import { AskedSoFar } from "../../../shared/ports/aws/asked.ts";
import { AwsError } from "../../../shared/ports/aws/aws-error.ts";
import { LambdaFunction } from "../../../shared/ports/aws/lambda-function.ts";
import { bucketUrl, S3Store } from "../../../shared/ports/aws/s3-store.ts";
import { SqsQueue } from "../../../shared/ports/aws/sqs-queue.ts";
import { awsServer } from "../../helpers/aws-server.ts";

const error = (code: string) => `<Error><Code>${code}</Code><Message>said so</Message></Error>`;

/** A store whose service fails `times` times in its way before it does as it is asked. */
async function failing(times: number, fail: Parameters<typeof awsServer>[1]) {
  let failed = 0;
  const { client, requests } = await awsServer("s3", (request, body, response) => {
    if (failed++ < times) fail(request, body, response);
    else response.end("done");
  });
  return { store: new S3Store(client, "b"), requests };
}

describe("another attempt is made after", () => {
  test.for<[string, Parameters<typeof awsServer>[1]]>([
    ["503 SlowDown", (_, __, response) => response.writeHead(503).end(error("SlowDown"))],
    ["400 KmsThrottled", (_, __, response) => response.writeHead(400).end(error("KmsThrottled"))],
    ["500 without a word", (_, __, response) => response.writeHead(500).end()],
    ["a connection that breaks before the answer", (request) => request.socket.destroy()],
    [
      "a connection that breaks within it",
      (request, _, response) => {
        response.writeHead(200, { "content-length": "100" }).write("half");
        setImmediate(() => request.socket.destroy());
      },
    ],
    [
      "bytes that are not those that were stored",
      (_, __, response) => response.writeHead(200, { "x-amz-checksum-crc32": "AAAAAA==" }).end("damaged"),
    ],
  ])("%s", async ([, fail]) => {
    const { store, requests } = await failing(2, fail);
    expect(Buffer.from((await store.get("k")) ?? []).toString()).toBe("done");
    expect(requests).toHaveLength(3);
  });
});

test("each attempt is counted as AWS bills it: listings as PUTs, deletions not at all, SQS by 64 KiB", async () => {
  const asked = new AskedSoFar();
  let failed = 0;
  const answers: Parameters<typeof awsServer>[1] = (_, __, response) =>
    failed++ < 2 ? response.writeHead(503).end(error("SlowDown")) : response.end("{}");
  const s3 = await awsServer("s3", answers, { asked });
  const store = new S3Store(s3.client, "b");
  await store.get("k");
  expect(asked).toEqual({ get: 3, put: 0, sqs: 0 });
  await store.put("k", new Uint8Array(1));
  await store.delete("k");
  for await (const _ of store.list("k"));
  expect(asked).toEqual({ get: 3, put: 2, sqs: 0 });
  const sqs = await awsServer("sqs", (_, __, response) => response.end("{}"), { asked });
  const queue = new SqsQueue(sqs.client, `${sqs.endpoint}/1/q`);
  await queue.send(["small"]);
  await queue.send(["x".repeat(100_000)]);
  expect(asked).toEqual({ get: 3, put: 2, sqs: 3 });
});

test("after four attempts the last error is what is heard", async () => {
  const { store, requests } = await failing(9, (_, __, response) =>
    response.writeHead(503).end(error("SlowDown")),
  );
  await expect(store.put("k", new Uint8Array(1))).rejects.toMatchObject({
    name: "AwsError",
    ...{ code: "SlowDown", status: 503, operation: "s3 PutObject", permanent: false },
    message: "SlowDown from s3 PutObject (503): said so",
  });
  expect(requests).toHaveLength(4);
});

test("a refusal is not asked again, an absent key is no error, an absent bucket is", async () => {
  const denied = await failing(9, (_, __, response) => response.writeHead(403).end(error("AccessDenied")));
  await expect(denied.store.get("k")).rejects.toThrow(AwsError);
  expect(denied.requests).toHaveLength(1);
  const absent = await failing(9, (_, __, response) => response.writeHead(404).end(error("NoSuchKey")));
  expect(await absent.store.get("k")).toBeUndefined();
  const gone = await failing(9, (_, __, response) => response.writeHead(404).end(error("NoSuchBucket")));
  await expect(gone.store.get("k")).rejects.toMatchObject({ code: "NoSuchBucket" });
});

test("a failed part gives the whole upload up, and so does a completion that fails in its body", async () => {
  const begun = "<R><UploadId>u</UploadId></R>";
  const part = await awsServer("s3", ({ method }, _, response) => {
    if (method === "PUT") response.writeHead(403);
    response.end(method === "PUT" ? error("AccessDenied") : begun);
  });
  const large = new Uint8Array(9 * 2 ** 20);
  await expect(new S3Store(part.client, "b").put("k", large)).rejects.toMatchObject({ code: "AccessDenied" });
  expect(part.requests.at(-1)).toBe("DELETE /b/k?uploadId=u");
  const completion = await awsServer("s3", ({ method, url }, _, response) =>
    response.end(method === "POST" && url?.includes("uploadId") ? error("InternalError") : begun),
  );
  await expect(new S3Store(completion.client, "b").put("k", large)).rejects.toMatchObject({
    code: "InternalError",
  });
  expect(completion.requests.at(-1)).toBe("DELETE /b/k?uploadId=u");
});

test("a bucket is asked at a host of its own, but for names with dots and where an endpoint is set", () => {
  const at = (bucket: string, region: string, endpoint?: string) => bucketUrl(bucket, { region, endpoint });
  expect(at("b", "eu-west-3")).toBe("https://b.s3.eu-west-3.amazonaws.com");
  expect(at("b.c", "eu-west-3")).toBe("https://s3.eu-west-3.amazonaws.com/b.c");
  expect(at("b", "cn-north-1")).toBe("https://b.s3.cn-north-1.amazonaws.com.cn");
  expect(at("b", "eu-west-3", "http://127.0.0.1:4566/")).toBe("http://127.0.0.1:4566/b");
});

describe("what must not be done twice is asked for again only after a refusal", () => {
  const invoking = async (status: number, code: string) => {
    const { client, requests } = await awsServer("lambda", (_, __, response) =>
      response.writeHead(requests.length > 1 ? 202 : status, { "x-amzn-errortype": code }).end(),
    );
    const invoked = new LambdaFunction(client, "worker").invokeLater({}).then(
      () => "taken",
      ({ status: given }: AwsError) => given,
    );
    return { outcome: await invoked, requests: requests.length };
  };

  test("429 is one", async () => {
    expect(await invoking(429, "TooManyRequestsException")).toEqual({ outcome: "taken", requests: 2 });
  });

  test("500 may have come after it was done", async () => {
    expect(await invoking(500, "ServiceException")).toEqual({ outcome: 500, requests: 1 });
  });
});
