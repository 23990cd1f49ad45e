import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { arraysOf } from "../../shared/array/spec.ts";
import { encodeChunk } from "../../shared/array/zarr-array.ts";
import { makeArray } from "../../shared/kernels/dtype.ts";
import { chunkMessage } from "../../shared/messages/chunk-message.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import { sameBytes, storedArray, wholeArray } from "../helpers/arrays.ts";
import { deployed, event } from "../helpers/deployed.ts";
import { resolvedJob } from "../helpers/kernels.ts";

const REQUEST: JobRequest = {
  kernel: "mandelbrot",
  grid: {
    axes: [
      { from: 1.3, to: -1.3, count: 60 },
      { from: -2.1, to: 0.7, count: 70 },
    ],
  },
  chunk: [10, 10],
};
const JOB = resolvedJob(REQUEST, "j");
const CHUNKS = Array.from({ length: 42 }, (_, chunk) => chunk);

/** The built worker in `max` processes, and the outcome of the chunks that they put. */
async function workers(max: number) {
  const puts: number[] = [];
  const onAnswered = ({ method, url, status }: { method: string; url: string; status: number }) =>
    method === "PUT" && url.includes("/array/escape_time/c/") && puts.push(status);
  const { pool, cloud, store, folder } = await deployed("worker", {}, { onAnswered }, max);
  await store.put("jobs/j/job.json", Buffer.from(JSON.stringify({ ...JOB, submittedAtMs: 0 })));
  const invoke = (chunks: readonly number[]) =>
    pool.invoke(event(chunkMessage(JOB, [...chunks]), cloud.queues.chunks.arn));
  const logged = () =>
    readdirSync(join(folder, "logs"))
      .flatMap((file) => readFileSync(join(folder, "logs", file), "utf8").split("\n"))
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { invoke, store, puts, logged };
}

test("two processes with the same message store each chunk once, and both are done with it", async () => {
  const { invoke, store, puts, logged } = await workers(2);
  for (const answer of await Promise.all([invoke(CHUNKS), invoke(CHUNKS)]))
    expect(answer).toEqual({ batchItemFailures: [] });
  expect(puts.filter((status) => status === 200).length).toBe(CHUNKS.length);
  expect(puts.filter((status) => status === 412).length).toBe(CHUNKS.length);
  expect(logged().filter(({ level }) => level === "ERROR")).toEqual([]);
  expect(sameBytes(await storedArray(store, "j"), wholeArray(JOB))).toBe(true);
});

test("other values in a chunk are an error in the log and a failure for good, and stay there", async () => {
  const { invoke, store, logged } = await workers(1);
  const foreign = encodeChunk(arraysOf(JOB.spec)[0]!, 3, makeArray("uint16", 100).fill(7));
  await store.put("jobs/j/array/escape_time/c/0/3", foreign);
  expect(await invoke([2, 3, 4])).toEqual({ batchItemFailures: [] });
  expect(logged().filter(({ level }) => level === "ERROR")).toMatchObject([
    {
      ...{ message: "chunk failed", jobId: "j", chunk: 3, final: true },
      error: expect.stringMatching(
        /jobs\/j\/array\/escape_time\/c\/0\/3 .*checksum [0-9a-f]{8}.*checksum [0-9a-f]{8}/,
      ),
    },
  ]);
  expect(Buffer.compare((await store.get("jobs/j/array/escape_time/c/0/3"))!, foreign)).toBe(0);
  expect(await store.get("jobs/j/array/escape_time/c/0/4")).toBeDefined();
});
