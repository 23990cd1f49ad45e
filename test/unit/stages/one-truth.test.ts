import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { work } from "../../../functions/worker/work.ts";
import { arraysOf } from "../../../shared/array/spec.ts";
import { encodeChunk } from "../../../shared/array/zarr-array.ts";
import { makeArray } from "../../../shared/kernels/dtype.ts";
import { chunkMessage, parseChunkMessage } from "../../../shared/messages/chunk-message.ts";
import { parseResultMessage } from "../../../shared/messages/chunk-report.ts";
import { S3Store } from "../../../shared/ports/aws/s3-store.ts";
import { systemClock } from "../../../shared/ports/clock.ts";
import { putJson, type Store } from "../../../shared/ports/store.ts";
import { findChunk, putChunk } from "../../../shared/record/stored-chunk.ts";
import { IntegrityError } from "../../../shared/validation/errors.ts";
import { sameBytes, storedArray, wholeArray } from "../../helpers/arrays.ts";
import { awsClient } from "../../helpers/aws-clients.ts";
import { emulatedCloud } from "../../helpers/emulator.ts";
import { encodedOtherwise } from "../../helpers/encodings.ts";
import { kernelsWith, resolvedJob } from "../../helpers/kernels.ts";
import { lossyLine } from "../../helpers/lossy-line.ts";
import { MemoryStore } from "../../helpers/memory.ts";
import { MemoryQueue } from "../../helpers/memory-queue.ts";

const REQUEST = {
  kernel: "mandelbrot",
  grid: {
    axes: [
      { from: 1, to: -1, count: 20 },
      { from: -2, to: 1, count: 30 },
    ],
  },
  chunk: [7, 11],
};
const JOB = { ...resolvedJob(REQUEST), submittedAtMs: 0 };
const [ARRAY] = arraysOf(JOB.spec);
const KEY = "jobs/j/array/escape_time/c/0/0";
const values = (change = 0) => {
  const all = makeArray(ARRAY!.dtype, 7 * 11).map((_: number, k: number) => k) as Uint16Array;
  all[5]! += change;
  return all;
};
const GOOD = encodeChunk(ARRAY!, 0, values());
const OTHERWISE = encodedOtherwise(JOB.spec, 0, GOOD);
const FOREIGN = encodeChunk(ARRAY!, 0, values(1));
const CORRUPT = GOOD.with(3, GOOD[3]! ^ 1);
const kept = (store: MemoryStore) => [...store.objects.get(KEY)!];

/** What one worker makes of the whole job's message, over the network or not. */
async function workOn(store: Store, chunks = [0, 1, 2, 3, 4, 5, 6, 7, 8], requestId = "r") {
  const results = new MemoryQueue();
  const worker = { requestId, logStream: requestId, coldStart: false, initMs: null };
  const ports = { store, results, chunks: new MemoryQueue(), clock: systemClock, kernels: kernelsWith() };
  await putJson(store, "jobs/j/job.json", JOB);
  const message = parseChunkMessage(chunkMessage(JOB, chunks));
  const outcome = await work(message, { worker, receiveCount: 1 }, ports);
  return { outcome, reports: results.take().map((body) => parseResultMessage(body)) };
}

describe("a chunk that is stored already", () => {
  test("stays where its values are the same, however they are encoded", async () => {
    const store = new MemoryStore();
    await store.put(KEY, OTHERWISE);
    expect(OTHERWISE).not.toEqual(GOOD);
    expect(await putChunk(store, JOB, 0, [GOOD])).toBe(OTHERWISE.length);
    expect(kept(store)).toEqual([...OTHERWISE]);
  });

  test("is replaced where it is corrupt or cut short, or was deleted since", async () => {
    for (const broken of [CORRUPT, GOOD.subarray(0, 9), new Uint8Array()]) {
      const store = new MemoryStore();
      await store.put(KEY, broken);
      expect(await putChunk(store, JOB, 0, [GOOD])).toBe(GOOD.length);
      expect(kept(store)).toEqual([...GOOD]);
    }
    const store = new MemoryStore();
    store.putIfAbsent = async () => "exists";
    await putChunk(store, JOB, 0, [GOOD]);
    expect(kept(store)).toEqual([...GOOD]);
  });

  test("with other values is left as it is, and an error that names its key and both checksums", async () => {
    const store = new MemoryStore();
    await store.put(KEY, FOREIGN);
    const error: unknown = await putChunk(store, JOB, 0, [GOOD]).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(IntegrityError);
    expect(error).toMatchObject({
      permanent: true,
      message: `Expected the chunk stored as ${KEY} to have the values computed for it (checksum 386f8689), it has others (checksum bbde0651) and is left as it is: \`manyhands verify\` tells which are right.`,
    });
    expect(kept(store)).toEqual([...FOREIGN]);
  });
});

test("a worker records other values as a failure for good, and stores the other chunks", async () => {
  const store = new MemoryStore();
  await store.put(KEY, FOREIGN);
  const { outcome, reports } = await workOn(store);
  expect(outcome).toMatchObject({
    computed: [1, 2, 3, 4, 5, 6, 7, 8],
    failures: [{ chunk: 0, final: true, error: expect.stringContaining(KEY) }],
    retry: false,
  });
  expect(reports).toMatchObject([{ failures: [{ chunk: 0, final: true }] }]);
});

test("a worker's report says how many bytes are stored, not how many it would have stored", async () => {
  const store = new MemoryStore();
  await workOn(store, [0]);
  const first = store.objects.get(KEY)!;
  const other = encodedOtherwise(JOB.spec, 0, first);
  await store.put(KEY, other);
  const { reports } = await workOn(store, [0]);
  expect(other.length).not.toBe(first.length);
  expect(reports).toMatchObject([{ chunks: [{ storedBytes: other.length }] }]);
});

describe("over the network", () => {
  test("a chunk costs one request, and one more for each that was there", async () => {
    const requests: string[] = [];
    const { cloud } = await emulatedCloud({
      onAnswered: ({ method, url, status }) =>
        url.includes("/array/escape_time/c/") && requests.push(`${method} ${status}`),
    });
    const store = new S3Store(awsClient("s3", cloud), cloud.bucket);
    await workOn(store, [0, 1, 2, 3]);
    expect(requests).toEqual(Array(4).fill("PUT 200"));
    await workOn(store, [0, 1]);
    expect(requests.slice(4).toSorted()).toEqual(["GET 200", "GET 200", "PUT 412", "PUT 412"]);
  });

  test("of two workers with the same chunks each chunk is stored by one, and both report all", async () => {
    const puts: string[] = [];
    const { cloud } = await emulatedCloud({
      onAnswered: ({ method, url, status }) =>
        method === "PUT" && url.includes("/array/") && puts.push(`${url} ${status}`),
    });
    const stores = [1, 2].map(() => new S3Store(awsClient("s3", cloud), cloud.bucket));
    const both = await Promise.all(stores.map((store, k) => workOn(store, undefined, `worker-${k}`)));
    for (const { outcome, reports } of both) {
      expect(outcome.failures).toEqual([]);
      expect(reports.flatMap((report) => (report.kind === "report" ? report.chunks : [])).length).toBe(9);
    }
    expect(puts.filter((put) => put.endsWith(" 200")).length).toBe(9);
    expect(puts.filter((put) => put.endsWith(" 412")).length).toBe(9);
    const [store] = stores as [S3Store];
    expect(sameBytes(await storedArray(store, "j"), wholeArray(JOB))).toBe(true);
  });

  test("a chunk whose answer was lost after it was stored is stored", async () => {
    const asked = new Set<string>();
    const { intercept, requests } = lossyLine(({ method, url = "" }) => {
      const isFirst = method === "PUT" && !asked.has(url);
      asked.add(url);
      return isFirst;
    });
    const { cloud } = await emulatedCloud({ intercept });
    const { outcome } = await workOn(new S3Store(awsClient("s3", cloud), cloud.bucket));
    expect(outcome).toMatchObject({ failures: [], retry: false });
    expect(outcome.computed.length).toBe(9);
    expect(requests.filter((request) => /^PUT .*\/array\//.test(request)).length).toBe(18);
  });
});

test("however the steps of two writers fall, one intact object is left, or the foreign one and two errors", async () => {
  const before = { absent: undefined, corrupt: CORRUPT, same: GOOD, otherwise: OTHERWISE, foreign: FOREIGN };
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.constantFrom(...(Object.keys(before) as (keyof typeof before)[])),
      fc.constantFrom(GOOD, OTHERWISE),
      async (scheduler, state, second) => {
        const store = new MemoryStore();
        const found = before[state];
        if (found) await store.put(KEY, found);
        const writes = [GOOD, second].map((encoded) =>
          putChunk(stepwise(store, scheduler), JOB, 0, [encoded]),
        );
        const ends = await scheduler.waitFor(Promise.allSettled(writes));
        const errors = ends.flatMap((end) => (end.status === "rejected" ? [end.reason] : []));
        if (state === "foreign") {
          expect(errors).toEqual([expect.any(IntegrityError), expect.any(IntegrityError)]);
          expect(kept(store)).toEqual([...FOREIGN]);
        } else {
          expect(errors).toEqual([]);
          const stored = await findChunk(store, JOB, 0);
          expect(sameBytes(stored!.values[0]!, values())).toBe(true);
        }
        // If both find nothing, only one stores: a stored chunk is never stored over.
        if (state === "absent") expect(store.puts).toEqual([KEY]);
      },
    ),
    { numRuns: 300 },
  );
});

/** Each request to the store waits for its turn. */
function stepwise(store: MemoryStore, scheduler: fc.Scheduler): Store {
  const step = (name: string) => scheduler.schedule(Promise.resolve(), name);
  return {
    get: async (key) => step("get").then(() => store.get(key)),
    put: async (key, bytes) => step("put").then(() => store.put(key, bytes)),
    putIfAbsent: async (key, bytes) => step("put if absent").then(() => store.putIfAbsent(key, bytes)),
    putStream: async (key, parts) => store.putStream(key, parts),
    list: (prefix) => store.list(prefix),
  };
}
