import { expect, test } from "vitest";
import { arraysOf } from "../../shared/array/spec.ts";
import { encodeChunk, mostEncodedBytes } from "../../shared/array/zarr-array.ts";
import { makeArray } from "../../shared/kernels/dtype.ts";
import { AwsError } from "../../shared/ports/aws/aws-error.ts";
import {
  findChunk,
  listChunks,
  lookAtChunk,
  putChunk,
  readEncoded,
  reportChunk,
} from "../../shared/record/stored-chunk.ts";
import { CorruptChunkError, IntegrityError, ListingError } from "../../shared/validation/errors.ts";
import { encodedOtherwise } from "../helpers/encodings.ts";
import { resolvedJob } from "../helpers/kernels.ts";
import { MemoryStore } from "../helpers/memory.ts";

const JOB = resolvedJob({
  kernel: "mandelbrot",
  grid: { axes: [{ from: 0, to: 1, count: 50 }] },
  chunk: [20],
  codec: "zstd",
});
const [ARRAY] = arraysOf(JOB.spec);
const KEY = "jobs/j/array/escape_time/c/0";
const valuesWith = (first: number) => {
  const values = makeArray(ARRAY!.dtype, 20).fill(7);
  values[0] = first;
  return values;
};
const GOOD = encodeChunk(ARRAY!, 0, valuesWith(7));
const OTHERWISE = encodedOtherwise(JOB.spec, 0, GOOD);

function storeWith(bytes?: Uint8Array): MemoryStore {
  const store = new MemoryStore();
  if (bytes) store.objects.set(KEY, bytes);
  return store;
}
/** A store that answers each read of the chunk so. */
function answering(read: () => Promise<never>): MemoryStore {
  const store = storeWith(GOOD);
  store.get = read;
  return store;
}

test("a chunk that nobody stored is stored, with one request", async () => {
  const store = storeWith();
  store.get = () => Promise.reject(new Error("was read"));
  expect(await putChunk(store, JOB, 0, [GOOD])).toBe(GOOD.length);
  expect(store.objects.get(KEY)).toEqual(Uint8Array.from(GOOD));
});

test.each([
  ["the same bytes", GOOD, GOOD],
  ["the same values", OTHERWISE, OTHERWISE],
  ["damaged bytes", GOOD.with(3, GOOD[3]! ^ 1), GOOD],
])(
  "where %s are stored, the chunk is what is to be there, and its length is told",
  async (_, there, then) => {
    const store = storeWith(there);
    expect(await putChunk(store, JOB, 0, [GOOD])).toBe(then.length);
    expect(store.objects.get(KEY)).toEqual(Uint8Array.from(then));
    expect(store.puts).toEqual(then === there ? [] : [KEY]);
  },
);

test("the same bytes are not unpacked to know that", async () => {
  const damaged = GOOD.with(3, GOOD[3]! ^ 1);
  const store = storeWith(damaged);
  expect(await putChunk(store, JOB, 0, [damaged])).toBe(damaged.length);
  expect(store.puts).toEqual([]);
});

test("one that was deleted meanwhile is stored again", async () => {
  const store = storeWith();
  store.putIfAbsent = async () => "exists";
  expect(await putChunk(store, JOB, 0, [GOOD])).toBe(GOOD.length);
  expect(store.puts).toEqual([KEY]);
});

test("other values stay as they are", async () => {
  const store = storeWith(encodeChunk(ARRAY!, 0, valuesWith(8)));
  await expect(putChunk(store, JOB, 0, [GOOD])).rejects.toBeInstanceOf(IntegrityError);
  expect(store.puts).toEqual([]);
});

test("a stored chunk is found with its values and its length; one that is absent or damaged is not", async () => {
  expect(await findChunk(storeWith(OTHERWISE), JOB, 0)).toEqual({
    values: [valuesWith(7)],
    storedBytes: OTHERWISE.length,
  });
  expect(await findChunk(storeWith(), JOB, 0)).toBeUndefined();
  expect(await findChunk(storeWith(GOOD.subarray(2)), JOB, 0)).toBeUndefined();
});

test("an object larger than any encoding of a chunk is read as a damaged one", async () => {
  const most = mostEncodedBytes(ARRAY!);
  expect(await readEncoded(storeWith(new Uint8Array(most)), KEY, ARRAY!)).toHaveLength(most);
  expect(await readEncoded(storeWith(new Uint8Array(most + 1)), KEY, ARRAY!)).toEqual(new Uint8Array());
  expect(await findChunk(storeWith(new Uint8Array(most + 1)), JOB, 0)).toBeUndefined();
});

test("a store that refuses the chunk answers a look, one that is out of order throws", async () => {
  const refused = new AwsError("s3 GetObject", 403, "AccessDenied", "no");
  expect(
    await lookAtChunk(
      answering(() => Promise.reject(refused)),
      JOB,
      0,
    ),
  ).toEqual({ refused });
  expect(await lookAtChunk(storeWith(GOOD), JOB, 0)).toMatchObject({ found: { storedBytes: GOOD.length } });
  const busy = new AwsError("s3 GetObject", 503, "SlowDown", "no");
  const store = answering(() => Promise.reject(busy));
  await expect(lookAtChunk(store, JOB, 0)).rejects.toBe(busy);
  await expect(findChunk(store, JOB, 0)).rejects.toBe(busy);
});

test("a chunk beyond the job's is no damaged one", async () => {
  await expect(findChunk(storeWith(GOOD), JOB, 3)).rejects.toThrow("3");
  await expect(findChunk(storeWith(GOOD), JOB, 3)).rejects.not.toBeInstanceOf(CorruptChunkError);
});

test("a report has a chunk's sums and cells, unless these would not fit a message", () => {
  const values = valuesWith(9);
  const report = reportChunk(JOB, 1, { values: [values], storedBytes: 30 }, null);
  expect(report).toEqual({
    ...{ chunk: 1, sum: 19 * 7 + 9, min: 7, max: 9, nonFinite: 0, storedBytes: 30, times: null },
    tile: Buffer.from(values.buffer).toString("base64"),
  });
  const tileOf = (rows: number, columns: number) => {
    const grid = { axes: [rows, columns].map((count) => ({ from: 0, to: 1, count })) };
    const job = resolvedJob({ kernel: "mandelbrot", grid, chunk: [rows, columns] });
    const zeroes = makeArray(ARRAY!.dtype, rows * columns);
    return reportChunk(job, 0, { values: [zeroes], storedBytes: 1 }, null).tile;
  };
  expect(tileOf(250, 300)).toBe("A".repeat((4 / 3) * 150_000));
  expect(tileOf(250, 301)).toBeNull();
});

test("a listing tells of each chunk whether an object lies under its key", async () => {
  const store = storeWith(new Uint8Array());
  store.objects.set("jobs/j/array/escape_time/c/2", GOOD);
  store.objects.set("jobs/j/array/escape_time/c/3", GOOD);
  store.objects.set("jobs/j/array/escape_time/c/1/0", GOOD);
  expect(await listChunks(store, JOB)).toEqual(Uint8Array.of(1, 0, 1));
});

test("a listing that does not end is an error", async () => {
  let listed = 0;
  const store = {
    async *list() {
      for (; listed < 100_000; listed++) yield `jobs/j/array/escape_time/c/x${listed}`;
    },
  };
  await expect(listChunks(store, JOB)).rejects.toBeInstanceOf(ListingError);
  expect(listed).toBe(2 * 3 + 10_000);
});
