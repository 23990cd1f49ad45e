import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { arraysOf } from "../../shared/array/spec.ts";
import { encodeChunk } from "../../shared/array/zarr-array.ts";
import { makeArray } from "../../shared/kernels/dtype.ts";
import { AwsClient } from "../../shared/ports/aws/aws-client.ts";
import { S3Store } from "../../shared/ports/aws/s3-store.ts";
import { putChunk } from "../../shared/record/stored-chunk.ts";
import { IntegrityError } from "../../shared/validation/errors.ts";
import { resolvedJob } from "../helpers/kernels.ts";
import { clientSettings, localStackForThisFile } from "../helpers/localstack.ts";

/** What the embedded S3 is held to by test/unit/stores/conditional-writes.test.ts, of an implementation that is not ours. */
const localStack = await localStackForThisFile();
const settings = clientSettings(localStack);
const BUCKET = "conditional-writes";

beforeAll(async () => {
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  s3.destroy();
});

function openStore(): S3Store {
  const { endpoint, region, credentials } = settings;
  const client = new AwsClient({ service: "s3", region, endpoint, credentials: async () => credentials });
  onTestFinished(() => client.close());
  return new S3Store(client, BUCKET);
}

test.each([
  ["in one request", 100],
  ["in parts", 9 * 2 ** 20],
])("an object that is stored %s is stored once", async (_, size) => {
  const store = openStore();
  const [first, second] = [1, 2].map((writer) => new Uint8Array(size).fill(writer)) as [
    Uint8Array,
    Uint8Array,
  ];
  expect(await store.putIfAbsent(`jobs/a/${size}`, first)).toBe("stored");
  expect(await store.putIfAbsent(`jobs/a/${size}`, second)).toBe("exists");
  expect(Buffer.compare((await store.get(`jobs/a/${size}`))!, first)).toBe(0);
});

test("of writers at the same moment one stores", async () => {
  const stores = [openStore(), openStore()];
  for (let time = 0; time < 20; time++) {
    const key = `jobs/race/${time}`;
    const puts = await Promise.all(stores.map((store, k) => store.putIfAbsent(key, Uint8Array.of(k))));
    expect(puts.toSorted()).toEqual(["exists", "stored"]);
    expect([...(await stores[0]!.get(key))!]).toEqual([puts.indexOf("stored")]);
  }
});

test("a chunk stored twice is one, and other values are an integrity error", async () => {
  const store = openStore();
  const axis = { from: 1, to: -1, count: 8 };
  const job = resolvedJob({ kernel: "mandelbrot", inputs: { y: axis, x: axis } });
  const chunk = (fill: number) => encodeChunk(arraysOf(job.spec)[0]!, 0, makeArray("uint16", 64).fill(fill));
  for (let time = 0; time < 2; time++) await putChunk(store, job, 0, [chunk(1)]);
  await expect(putChunk(store, job, 0, [chunk(2)])).rejects.toThrow(IntegrityError);
  expect(Buffer.compare((await store.get("jobs/j/array/escape_time/c/0/0"))!, chunk(1))).toBe(0);
});
