import { expect, test } from "vitest";
import { bandsOf } from "../../../functions/aggregator/bands.ts";
import { npyParts } from "../../../functions/aggregator/npy.ts";
import { Layout } from "../../../shared/array/layout.ts";
import type { JobSpec } from "../../../shared/array/spec.ts";
import type { Dtype } from "../../../shared/kernels/dtype.ts";
import { MemoryStore } from "../../helpers/memory.ts";

const jobWith = (dtype: Dtype, ...counts: number[]) => {
  const axes = counts.map((count) => ({ rule: "index", from: 0, step: 1, count }) as const);
  return {
    jobId: "j",
    spec: { axes, values: [{ name: "v", dtype }], chunkShape: counts, codec: "none" } as unknown as JobSpec,
  };
};

async function allOf(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

// numpy.lib.format, version 1.0: magic, version, the dictionary's length, the dictionary padded to 64 bytes in all.
test.each<[Dtype, number[], string]>([
  ["uint16", [8, 10], "{'descr': '<u2', 'fortran_order': False, 'shape': (8, 10), }"],
  ["uint32", [8], "{'descr': '<u4', 'fortran_order': False, 'shape': (8,), }"],
  ["float32", [2, 3, 4], "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, 4), }"],
  ["float64", [1, 1], "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1), }"],
])("an export of %s begins as NumPy's format says", async (dtype, counts, dictionary) => {
  const [header] = await allOf(npyParts(new MemoryStore(), jobWith(dtype, ...counts)));
  const text = Buffer.from(header ?? "").toString("latin1");
  expect(text).toBe(`\x93NUMPY\x01\x00\x76\x00${dictionary.padEnd(117)}\n`);
});

test("a chunk that is damaged ends the export, unless somebody takes note of it", async () => {
  const store = new MemoryStore();
  store.objects.set("jobs/j/array/v/c/0", new Uint8Array(9));
  const job = jobWith("uint16", 4);
  await expect(allOf(npyParts(store, job))).rejects.toThrow("checksum");
  const noted: number[] = [];
  const parts = await allOf(npyParts(store, job, { onUnreadable: (chunk) => noted.push(chunk) }));
  expect(noted).toEqual([0]);
  expect([...(parts[1] ?? [])]).toEqual(Array(8).fill(0xff));
});

const bands = (mostElements: number) =>
  [...bandsOf(new Layout([4, 6, 8], [2, 3, 8]), mostElements)].map(({ from, shape, chunks }) => [
    from.join(),
    shape.join(),
    [...chunks].map(({ index }) => index).join(),
  ]);

test("bands lie along the first axis of which an index fits, and along the next where none does", () => {
  expect(bands(48)).toEqual([
    ["0,0,0", "1,6,8", "0,1"],
    ["1,0,0", "1,6,8", "0,1"],
    ["2,0,0", "1,6,8", "2,3"],
    ["3,0,0", "1,6,8", "2,3"],
  ]);
  expect(bands(47).slice(0, 3)).toEqual([
    ["0,0,0", "1,3,8", "0"],
    ["0,3,0", "1,3,8", "1"],
    ["1,0,0", "1,3,8", "0"],
  ]);
  expect(bands(1000)).toHaveLength(2);
});
