import { ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { hasSignedHash, SignatureVerifier } from "../../../client/local/signature.ts";
import { LambdaFunction } from "../../../shared/ports/aws/lambda-function.ts";
import { S3Store } from "../../../shared/ports/aws/s3-store.ts";
import { SqsQueue } from "../../../shared/ports/aws/sqs-queue.ts";
import { awsServer, SECRET } from "../../helpers/aws-server.ts";

/** Answers with what was asked for, and refuses as AWS does what is not signed for the secret. */
async function strictServer(service: "s3" | "sqs" | "lambda", answer = "") {
  const verifier = new SignatureVerifier(SECRET);
  return awsServer(service, (request, body, response) => {
    const isSigned = verifier.isSigned(request) && hasSignedHash(request, body);
    if (isSigned && request.headers["x-amz-security-token"] === "token") response.end(answer);
    else
      response.writeHead(403).end("<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>");
  });
}

const KEYS = [
  "jobs/j/array/escape_time/c/0/0",
  "a key/with spaces+plus",
  "(a)'b'!*~c",
  "ümläut/日本",
  "100%/a&b=c",
];

test("what the specification wants of a signature, the SDK's requests have: the check is a check", async () => {
  const { endpoint, credentials } = await strictServer("s3", "<ListBucketResult/>");
  const s3 = new S3Client({ endpoint, credentials, region: "eu-west-3", forcePathStyle: true });
  for (const Prefix of KEYS) await s3.send(new ListObjectsV2Command({ Bucket: "b", Prefix }));
  await s3.send(new PutObjectCommand({ Bucket: "b", Key: "k", Body: "bytes" }));
  const stranger = new S3Client({
    ...{ endpoint, region: "eu-west-3", forcePathStyle: true, maxAttempts: 1 },
    credentials: { ...credentials, secretAccessKey: "another" },
  });
  await expect(stranger.send(new ListObjectsV2Command({ Bucket: "b" }))).rejects.toThrow();
  s3.destroy();
  stranger.destroy();
});

test.for(KEYS)("requests for the key %s are signed", async (key) => {
  const { client } = await strictServer("s3", "<ListBucketResult/>");
  const store = new S3Store(client, "b");
  await store.put(key, new TextEncoder().encode("bytes"));
  await store.get(key);
  for await (const _ of store.list(key)) expect.fail("nothing is there");
});

test("an upload in parts is signed, from its beginning to its completion", async () => {
  const { client, requests } = await strictServer("s3", "<R><UploadId>an id/with+odd=signs</UploadId></R>");
  await new S3Store(client, "b").put("large", new Uint8Array(9 * 2 ** 20));
  const [begun, ...others] = requests.map((line) => line.replace(/uploadId=.*/, "uploadId"));
  expect(begun).toBe("POST /b/large?uploads=");
  expect(others.at(-1)).toBe("POST /b/large?uploadId");
  // Two parts are under way at once, and arrive in either order.
  expect(others.slice(0, -1).sort()).toEqual([
    "PUT /b/large?partNumber=1&uploadId",
    "PUT /b/large?partNumber=2&uploadId",
  ]);
});

test("messages to a queue are signed", async () => {
  const { client, endpoint } = await strictServer("sqs", "{}");
  expect(await new SqsQueue(client, `${endpoint}/1/q`).send(["one", "zwölf"])).toBe(2);
});

test("an invocation that nobody waits for is signed, for Lambda, and says so", async () => {
  const { client, requests } = await strictServer("lambda");
  await new LambdaFunction(client, "my-worker").invokeLater({ hello: "wörld" });
  expect(requests).toEqual(["POST /2015-03-31/functions/my-worker/invocations"]);
});
