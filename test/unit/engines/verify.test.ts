import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { serial } from "../../../client/engines/serial.ts";
import { recompute } from "../../../client/verify/recompute.ts";
import { drawn, type Sample, type VerifyPorts, verify } from "../../../client/verify/verify.ts";
import { coordinates, lengthOf } from "../../../shared/array/grid.ts";
import { type ArraySpec, arraysOf } from "../../../shared/array/spec.ts";
import { encodeChunk } from "../../../shared/array/zarr-array.ts";
import type { JobRequest } from "../../../shared/messages/job-request.ts";
import { jobKeys } from "../../../shared/ports/keys.ts";
import { getParsed } from "../../../shared/ports/store.ts";
import { StoredJobSchema } from "../../../shared/record/job.ts";
import { findChunk } from "../../../shared/record/stored-chunk.ts";
import { builtIn } from "../../helpers/kernels.ts";
import { computeInto, remoteCloud } from "../../helpers/remote.ts";
import { runEngine } from "../../helpers/run-engine.ts";

const axes = (...counts: readonly number[]) => ({
  axes: counts.map((count, k) => ({ from: k === 0 ? 1.1 : -1.7, to: k === 0 ? -1.1 : 0.9, count })),
});
/** 4 x 4 chunks, of which those at the right and at the bottom are ragged. */
const REQUEST: JobRequest = {
  kernel: "mandelbrot",
  parameters: { maxIterations: 100 },
  grid: axes(23, 31),
  chunk: [7, 9],
  output: { plots: false },
};

/** The threads' work in this thread: test/slow/verify.test.ts has them. */
const PORTS: Omit<VerifyPorts, "store" | "kernel"> = {
  compare: async ({ spec, kernel, chunk, encoded }) => recompute(spec, chunk, encoded, builtIn(kernel.name)),
  lanes: 3,
  onProgress: () => {},
};

/** A job computed by the engine that everyone else is held to, and what verify says of it. */
async function computed(request: JobRequest = REQUEST) {
  const { folder, store } = await runEngine(serial, request);
  const job = (await getParsed(store, jobKeys("job").job, StoredJobSchema))!;
  return {
    job,
    store,
    file: (key: string) => join(folder, "array", job.spec.values[0]!.name!, key),
    check: (sample: Sample = "all", ports: Partial<VerifyPorts> = {}) =>
      verify(job, sample, { ...PORTS, store, kernel: builtIn(request.kernel), ...ports }),
  };
}
type Job = Awaited<ReturnType<typeof computed>>;

/** Stores other values in a chunk, intact. */
async function falsify({ job, store, file }: Job, chunk: number, key: string, cells: Record<number, number>) {
  const {
    values: [values],
  } = (await findChunk(store, job, chunk))!;
  const before = values!.slice();
  for (const [cell, value] of Object.entries(cells)) values![Number(cell)] = value;
  writeFileSync(file(key), encodeChunk(arraysOf(job.spec)[0]!, chunk, values!));
  return before;
}

test.each<[string, JobRequest, chunks: number]>([
  ["mandelbrot in ragged chunks", REQUEST, 16],
  ["julia, gzip", { ...REQUEST, kernel: "julia", codec: "gzip" }, 16],
  [
    "double-pendulum, float32, not compressed",
    { ...REQUEST, kernel: "double-pendulum", parameters: { duration: 2 }, dtype: "float32", codec: "none" },
    16,
  ],
  ["an array with one axis", { ...REQUEST, grid: axes(31), chunk: [9] }, 4],
  ["an array of one chunk", { ...REQUEST, chunk: [23, 31] }, 1],
])("%s is equal to what the plain kernel gives", async (_, request, chunks) => {
  const { check } = await computed(request);
  const { total, stored, compared, missing } = await check();
  expect({ total, stored, missing }).toEqual({ total: chunks, stored: chunks, missing: [] });
  expect(compared).toEqual(Array.from({ length: chunks }, (_, chunk) => ({ chunk, is: "equal" })));
});

test("an intact chunk with other values is named, with its first cell, both values and both checksums", async () => {
  const job = await computed();
  // Chunk 11 lies at rows 14 to 20 and columns 27 to 30: its cell 6 is the array's [15, 29].
  const before = await falsify(job, 11, "c/2/3", { 6: 4321, 20: 4321 });
  const { compared, missing } = await job.check();
  expect(missing).toEqual([]);
  expect(compared.filter(({ is }) => is !== "equal")).toEqual([
    {
      ...{ chunk: 11, is: "different", cells: 2, of: 28, at: [15, 29] },
      ...{ stored: 4321, computed: before[6] },
      storedChecksum: expect.stringMatching(/^[0-9a-f]{8}$/),
      computedChecksum: expect.stringMatching(/^[0-9a-f]{8}$/),
    },
  ]);
  const [found] = compared.filter(({ is }) => is === "different") as { [name: string]: unknown }[];
  expect(found?.storedChecksum).not.toBe(found?.computedChecksum);
});

test("with one axis a cell has one index", async () => {
  const job = await computed({ ...REQUEST, grid: axes(31), chunk: [9] });
  const before = await falsify(job, 3, "c/3", { 2: 4321 });
  expect((await job.check()).compared[3]).toMatchObject({ at: [29], stored: 4321, computed: before[2] });
});

test("a corrupt chunk and one that is missing are told apart, and from equal ones", async () => {
  const { check, file } = await computed();
  writeFileSync(file("c/0/1"), "not a chunk");
  rmSync(file("c/3/0"));
  const { stored, compared, missing } = await check();
  expect({ stored, missing }).toEqual({ stored: 15, missing: [12] });
  expect(compared.filter(({ is }) => is !== "equal")).toEqual([
    { chunk: 1, is: "corrupt", why: expect.stringMatching(/checksummed chunk, got 11 bytes/) },
  ]);
  expect(compared.length).toBe(15);
});

test("a chunk that is deleted after it was listed is missing", async () => {
  const { check, store } = await computed();
  const get = async (key: string) => (key.endsWith("c/1/1") ? undefined : store.get(key));
  const { compared, missing } = await check("all", {
    store: { get, list: (prefix) => store.list(prefix) },
  });
  expect({ compared: compared.length, missing }).toEqual({ compared: 15, missing: [5] });
});

test("a chunk that the store does not give out is one more finding, and the others are compared", async () => {
  const { check, store } = await computed();
  const get = async (key: string) => {
    if (key.endsWith("c/1/1")) throw new Error("no permission");
    return store.get(key);
  };
  const { compared, missing } = await check("all", {
    store: { get, list: (prefix) => store.list(prefix) },
  });
  expect({ compared: compared.length, missing }).toEqual({ compared: 16, missing: [] });
  expect(compared.filter(({ is }) => is !== "equal")).toEqual([
    { chunk: 5, is: "unreadable", why: "Error: no permission" },
  ]);
});

test.each<[string, (text: string) => string | undefined, RegExp | undefined]>([
  ["as they should be", (text) => text, undefined],
  ["in another order and spacing", (text) => JSON.stringify(reversed(JSON.parse(text))), undefined],
  ["with another byte order", (text) => text.replace('"little"', '"big"'), /other codecs/],
  ["with half the shape", (text) => text.replace(/"shape": \[\s*23/, '"shape": [ 11'), /other shape/],
  ["with one field more", (text) => text.replace("{", '{ "storage_transformers": [],'), /other storage_tr/],
  ["that are no JSON", (text) => text.slice(9), /zarr\.json|JSON/],
  ["that are null", () => "null", /other zarr_format/],
  ["that are not there", () => undefined, /escape_time\/zarr\.json: it is not there/],
])("metadata %s", async (_, change, fault) => {
  const { check, file } = await computed();
  const path = file("zarr.json");
  const changed = change(readFileSync(path, "utf8"));
  if (changed === undefined) rmSync(path);
  else writeFileSync(path, changed);
  const { metadata } = await check({ chunks: 1, seed: 1 });
  if (fault) expect(metadata).toMatch(fault);
  else expect(metadata).toBeUndefined();
});

test.each<[string, string, (path: string) => void, string]>([
  ["the group's", "zarr.json", rmSync, "array/zarr.json: it is not there"],
  ["an axis's", "y/zarr.json", edited("Im c", "Re c"), "array/y/zarr.json: other attributes than"],
  ["coordinates", "y/c/0", rmSync, "array/y/c/0: it is not there"],
  ["coordinates", "x/c/0", truncated, "array/x/c/0: Expected a whole, checksummed chunk"],
])("beside the chunks: %s, %s", async (_, name, damage, fault) => {
  const { check, file } = await computed();
  damage(file(`../${name}`));
  expect((await check({ chunks: 1, seed: 1 })).metadata).toContain(fault);
});

test("other coordinates than the kernel was given are found, though they are intact", async () => {
  const { job, check, file } = await computed();
  const axis = job.spec.axes[1]!;
  const spec: ArraySpec = { ...job.spec, axes: [axis], dtype: "float64", chunkShape: [lengthOf(axis)] };
  const shifted = coordinates(axis, 0, lengthOf(axis)).map((x) => x + 2 ** -40);
  writeFileSync(file("../x/c/0"), encodeChunk(spec, 0, shifted));
  writeFileSync(file("../y/zarr.json"), "{}");
  const { metadata } = await check({ chunks: 1, seed: 1 });
  expect(metadata).toMatch(
    /^array\/y\/zarr\.json: other zarr_format, .*; array\/x\/c\/0: other coordinates than the job's$/,
  );
});

function edited(from: string, to: string) {
  return (path: string) => writeFileSync(path, readFileSync(path, "utf8").replace(from, to));
}

function truncated(path: string): void {
  writeFileSync(path, readFileSync(path).subarray(1));
}

const reversed = (value: object) => Object.fromEntries(Object.entries(value).reverse());

test("what lies beside the chunks is none of them", async () => {
  const { check, file } = await computed();
  for (const key of ["c/0/0", "c/1/0"]) rmSync(file(key));
  for (const key of ["c/0/00", "c/0/4", "c/4", "c/1/1.5", "c/16/0"]) {
    mkdirSync(dirname(file(key)), { recursive: true });
    writeFileSync(file(key), "not a chunk");
  }
  const { stored, compared, missing } = await check();
  expect({ stored, compared: compared.length, missing }).toEqual({
    stored: 14,
    compared: 14,
    missing: [0, 4],
  });
});

describe("a sample", () => {
  const chunksOf = ({ compared }: Awaited<ReturnType<typeof verify>>) => compared.map(({ chunk }) => chunk);

  test("is the same for the same seed, and another for others, each chunk as often as any other", () => {
    const chunks = Array.from({ length: 16 }, (_, k) => 10 * k);
    expect(drawn(chunks, 5, 1)).toEqual(drawn(chunks, 5, 1));
    const times = new Map(chunks.map((chunk) => [chunk, 0]));
    for (let seed = 0; seed < 1600; seed++) {
      const sample = drawn(chunks, 5, seed);
      expect([new Set(sample).size, sample]).toEqual([5, sample.toSorted((a, b) => a - b)]);
      for (const chunk of sample) times.set(chunk, times.get(chunk)! + 1);
    }
    for (const [, count] of times) expect(Math.abs(count - 500)).toBeLessThan(90); // five standard deviations
  });

  test("is of the stored chunks only, and all of them where it asks for more; missing ones are named all the same", async () => {
    const { check, file } = await computed();
    for (const key of ["c/0/0", "c/0/1", "c/0/2"]) rmSync(file(key));
    const { missing, ...sampled } = await check({ chunks: 13, seed: 3 });
    expect(missing).toEqual([0, 1, 2]);
    expect(chunksOf({ ...sampled, missing })).toEqual(Array.from({ length: 13 }, (_, k) => k + 3));
    expect((await check({ chunks: 1, seed: 3 })).missing).toEqual([0, 1, 2]);
    expect((await check({ chunks: 999, seed: 3 })).compared.length).toBe(13);
  });

  test("tells its progress, and how much of it was not equal", async () => {
    const { check, file } = await computed();
    writeFileSync(file("c/0/1"), "not a chunk");
    const told = vi.fn();
    await check("all", { onProgress: told });
    expect(told.mock.calls[0]).toEqual([{ compared: 0, unequal: 0, of: 16 }]);
    expect(told.mock.calls.at(-1)).toEqual([{ compared: 16, unequal: 1, of: 16 }]);
  });
});

test("a job in a bucket is verified from there", async () => {
  const { cloud, folder } = await remoteCloud();
  const { job } = await computeInto(folder, "far", { chunk: "20x20" });
  rmSync(join(folder, "jobs/far/array/escape_time/c/1/1"));
  const { stored, compared, missing } = await verify(job, "all", {
    ...PORTS,
    store: cloud.store,
    kernel: builtIn("mandelbrot"),
  });
  expect({ stored, missing }).toEqual({ stored: 8, missing: [4] });
  expect(compared.every(({ is }) => is === "equal")).toBe(true);
});
