import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";
import { expect, onTestFinished, test } from "vitest";
import { boundBodies, StalledError } from "../../../client/cloud/bodies.ts";
import { Bucket } from "../../../client/cloud/bucket.ts";
import { mountsOf } from "../../../client/engines/engine.ts";
import { download } from "../../../client/remote/download.ts";
import type { Remote } from "../../../client/remote/remote.ts";
import { findJob, readRemoteJob } from "../../../client/remote/remote-job.ts";
import { isPermanent, TooLargeError } from "../../../shared/validation/errors.ts";
import { flood } from "../../helpers/aws-server.ts";
import { resolvedJob } from "../../helpers/kernels.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

const SILENCE_MS = 90;
const job = { ...resolvedJob({ kernel: "mandelbrot", requestId: "j" }, "j"), submittedAtMs: 1.7e12 };

type Answer = (url: URL, response: ServerResponse) => void;

/** A deployment's bucket, as the command line reads it, that answers as it is told. */
async function bucketThat(answer: Answer) {
  const requests: string[] = [];
  const server = createServer(({ url = "" }: IncomingMessage, response) => {
    requests.push(url);
    answer(new URL(url, "http://bucket"), response);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const s3 = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-west-3",
    credentials: { accessKeyId: "id", secretAccessKey: "secret" },
    forcePathStyle: true,
  });
  boundBodies(s3, SILENCE_MS);
  onTestFinished(() => {
    s3.destroy();
    server.closeAllConnections();
    server.close();
  });
  const store = new Bucket(s3, "b");
  return { cloud: { store, site: { place: "here" } } as unknown as Remote, store, requests };
}

const error = (attempt: Promise<unknown>) =>
  attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );

async function keysOf(keys: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const key of keys) all.push(key);
  return all;
}

const dripping = (response: ServerResponse) => {
  const timer = setInterval(() => response.write(" "), SILENCE_MS / 20);
  response.on("close", () => clearInterval(timer));
};

test.each<[string, (response: ServerResponse) => void]>([
  ["stops half-way", (response) => response.write('{"version":1,')],
  ["comes byte by byte", dripping],
  ["stops before its first byte", (response) => response.flushHeaders()],
  [
    "stops half-way under a checksum",
    (response) => response.setHeader("x-amz-checksum-crc32", "AAAAAA==").write("{"),
  ],
])("an object that %s is not waited for, and that is no fault of the command's", async (_, begin) => {
  const { cloud, store } = await bucketThat((__, response) => begin(response));
  const stalled = await error(readRemoteJob(cloud, "j"));
  expect(stalled).toEqual(new StalledError("jobs/j/job.json", SILENCE_MS));
  expect(isPermanent(stalled)).toBe(false);
  expect(await error(findJob(store, "j"))).toBeInstanceOf(StalledError);
});

test("an answer in parts that come slowly, but come, is waited for", async () => {
  const { store } = await bucketThat((_, response) => {
    let parts = 0;
    const timer = setInterval(() => {
      response.write(Buffer.alloc(1000, "x"));
      if (++parts < 10) return;
      clearInterval(timer);
      response.end();
    }, SILENCE_MS / 4);
  });
  expect((await store.get("k"))?.length).toBe(10_000);
});

test("a listing that stops half-way is asked for again, and three times at the most", async () => {
  const first = await bucketThat((_, response) => {
    if (first.requests.length === 1) response.write("<ListBucketResult>");
    else response.end("<ListBucketResult><Contents><Key>k</Key></Contents></ListBucketResult>");
  });
  expect(await keysOf(first.store.list(""))).toEqual(["k"]);
  const always = await bucketThat((_, response) => response.write("<ListBucketResult>"));
  expect(await error(keysOf(always.store.list("")))).toBeInstanceOf(StalledError);
  expect(always.requests).toHaveLength(3);
});

test("answers without an end are given up once they are longer than any, and asked for once", async () => {
  const { cloud, store, requests } = await bucketThat((_, response) => flood(response));
  expect(await error(readRemoteJob(cloud, "j"))).toBeInstanceOf(TooLargeError);
  expect(await error(keysOf(store.list("jobs/j/")))).toBeInstanceOf(TooLargeError);
  expect(requests).toHaveLength(2);
  // One such job must not hide the others from `manyhands list`.
  expect(await findJob(store, "j")).toBeUndefined();
});

test("a listing whose next page is always the same is given up", async () => {
  const page = "<Contents><Key>k</Key></Contents><CommonPrefixes><Prefix>jobs/j/</Prefix></CommonPrefixes>";
  const { store } = await bucketThat((_, response) =>
    response.end(
      `<ListBucketResult>${page}<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken></ListBucketResult>`,
    ),
  );
  for (const listing of [store.list("jobs/"), store.folders("jobs/")])
    await expect(keysOf(listing)).rejects.toThrow(
      "Expected the listing of jobs/ to come to its end, it goes on without anything new.",
    );
});

test("no more is fetched of a chunk than a chunk can have", async () => {
  const key = "jobs/j/array/escape_time/c/0/0";
  const { cloud } = await bucketThat((url, response) => {
    if (!url.searchParams.has("list-type")) return flood(response);
    response.end(`<ListBucketResult><Contents><Key>${key}</Key><Size>9</Size></Contents></ListBucketResult>`);
  });
  const mounts = mountsOf("j", temporaryFolder());
  const fetching = download(cloud, job, "all", mounts, {
    signal: new AbortController().signal,
    onProgress: () => {},
    ask: (action) => action(),
  });
  expect(await error(fetching)).toMatchObject({
    name: "TooLargeError",
    message: expect.stringMatching(
      /^Expected jobs\/j\/array\/escape_time\/c\/0\/0 to have at most \d{4,5} bytes, it has more\.$/,
    ),
  });
});
