import { PutObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { S3Store } from "../../../shared/ports/aws/s3-store.ts";
import { awsClient } from "../../helpers/aws-clients.ts";
import { awsServer } from "../../helpers/aws-server.ts";
import { emulatedCloud } from "../../helpers/emulator.ts";
import { lossyLine } from "../../helpers/lossy-line.ts";

const SMALL = Buffer.from("an object");
const LARGE = Buffer.alloc(9 * 2 ** 20, 7);
const error = (code: string) => `<Error><Code>${code}</Code><Message>said so</Message></Error>`;
const BEGUN = "<R><UploadId>u</UploadId></R>";
/** What an upload of LARGE asks for. */
const PART = "PUT /b/k?partNumber&uploadId=u";
const UPLOAD = ["POST /b/k?uploads=", PART, PART, "POST /b/k?uploadId=u"];
const GIVEN_UP = "DELETE /b/k?uploadId=u";
/** Parts are sent side by side and arrive in any order. */
const anyPart = (requests: readonly string[]) =>
  requests.map((request) => request.replace(/partNumber=\d/, "partNumber"));

/** An S3 that answers the request that decides (PUT, or the last one of an upload) as it is told, the n-th time. */
async function deciding(answer: (time: number) => readonly [status: number, body: string]) {
  const conditions: unknown[] = [];
  const { client, requests } = await awsServer("s3", ({ method, url, headers }, _, response) => {
    const decides = method === "PUT" ? !url?.includes("?") : url?.includes("?uploadId");
    if (method === "DELETE" || !decides) return response.end(BEGUN);
    conditions.push(headers["if-none-match"]);
    const [status, body] = answer(conditions.length);
    response.writeHead(status).end(body);
  });
  return { store: new S3Store(client, "b"), requests, conditions };
}

describe.each([
  ["in one request", SMALL, ["PUT /b/k"], []],
  ["in parts", LARGE, UPLOAD, [GIVEN_UP]],
])("%s", (_, object, requested, givenUp) => {
  test("the condition goes with the request that decides, and with no plain PUT", async () => {
    const { store, conditions, requests } = await deciding(() => [200, ""]);
    expect(await store.putIfAbsent("k", object)).toBe("stored");
    expect(anyPart(requests)).toEqual(requested);
    await store.put("k", object);
    expect(conditions).toEqual(["*", undefined]);
  });

  test("412 means that there is one, and is not asked again", async () => {
    const { store, requests } = await deciding(() => [412, error("PreconditionFailed")]);
    expect(await store.putIfAbsent("k", object)).toBe("exists");
    expect(anyPart(requests)).toEqual([...requested, ...givenUp]);
  });

  test("after 409 all of it is done again", async () => {
    const { store, requests } = await deciding((time) =>
      time < 3 ? [409, error("ConditionalRequestConflict")] : [200, ""],
    );
    expect(await store.putIfAbsent("k", object)).toBe("stored");
    const again = [...requested, ...givenUp];
    expect(anyPart(requests)).toEqual([...again, ...again, ...requested]);
  });

  test("conflicts without end are an error after four attempts, which may pass", async () => {
    const { store, conditions } = await deciding(() => [409, error("ConditionalRequestConflict")]);
    await expect(store.putIfAbsent("k", object)).rejects.toMatchObject({
      ...{ code: "ConditionalRequestConflict", permanent: false },
    });
    expect(conditions).toHaveLength(4);
  });

  test("any other refusal is an error at once", async () => {
    const { store, requests } = await deciding(() => [403, error("AccessDenied")]);
    await expect(store.putIfAbsent("k", object)).rejects.toMatchObject({ code: "AccessDenied" });
    expect(anyPart(requests)).toEqual([...requested, ...givenUp]);
  });

  test("what was stored under an answer that was lost exists when it is asked again", async () => {
    let answers = 0;
    const { intercept, requests } = lossyLine(
      ({ headers }) => headers["if-none-match"] === "*" && ++answers === 1,
    );
    const { cloud } = await emulatedCloud({ intercept });
    const store = new S3Store(awsClient("s3", cloud), cloud.bucket);
    expect(await store.putIfAbsent("jobs/j/k", object)).toBe("exists");
    expect(Buffer.compare((await store.get("jobs/j/k"))!, object)).toBe(0);
    expect(answers).toBeGreaterThan(1);
    expect(requests.filter((request) => request.startsWith("GET"))).toHaveLength(1);
  });
});

test("a completion that fails its condition in the body of a 200 means that there is one", async () => {
  const { store, requests } = await deciding(() => [200, error("PreconditionFailed")]);
  expect(await store.putIfAbsent("k", LARGE)).toBe("exists");
  expect(requests.at(-1)).toBe(GIVEN_UP);
});

test("the embedded S3 answers as AWS does, and replaces an object where no condition is given", async () => {
  const { cloud, s3 } = await emulatedCloud();
  const put = (Body: string, condition: { IfNoneMatch?: string } = {}) =>
    s3.send(new PutObjectCommand({ Bucket: cloud.bucket, Key: "jobs/j/k", Body, ...condition }));
  await put("first", { IfNoneMatch: "*" });
  await expect(put("second", { IfNoneMatch: "*" })).rejects.toMatchObject({
    name: "PreconditionFailed",
    message: "At least one of the pre-conditions you specified did not hold",
    $metadata: { httpStatusCode: 412 },
  });
  await put("third");
  await expect(put("fourth", { IfNoneMatch: "*" })).rejects.toMatchObject({ name: "PreconditionFailed" });
});
