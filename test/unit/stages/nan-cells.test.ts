import { expect, test } from "vitest";
import { computeChunk } from "../../../functions/worker/compute.ts";
import { makeNansAlike } from "../../../shared/array/cells.ts";
import { arraysOf } from "../../../shared/array/spec.ts";
import { bytesOf, decodeChunk, encodeChunk } from "../../../shared/array/zarr-array.ts";
import { chunkKeys } from "../../../shared/record/array-keys.ts";
import { putChunk } from "../../../shared/record/stored-chunk.ts";
import { IntegrityError } from "../../../shared/validation/errors.ts";
import { likeMandelbrot, ofDtype, resolvedJob } from "../../helpers/kernels.ts";
import { MemoryStore, steppingClock } from "../../helpers/memory.ts";

const NANS = {
  float32: { x64: [0xffc00000], arm64: [0x7fc00000], payload: [0x7fc00001] },
  float64: { x64: [0, 0xfff80000], arm64: [0, 0x7ff80000], payload: [1, 0x7ff80000] },
} as const;
type Machine = keyof typeof NANS.float32;

/** Every second cell is 0/0 as the machine has it, the others are 0 and -0. */
const oddOn = (machine: Machine, dtype: keyof typeof NANS) =>
  likeMandelbrot(
    "odd",
    (_, out) => {
      const bits = new Uint32Array(out.buffer, out.byteOffset, out.byteLength / 4);
      const nan = NANS[dtype][machine];
      for (let k = 0; k < out.length; k += 2) bits.set(nan, k * nan.length);
      for (let k = 1; k < out.length; k += 4) out[k] = -0;
    },
    ofDtype(dtype),
  );

const axes = [
  { from: 0, to: 1, count: 3 },
  { from: 0, to: 1, count: 5 },
];

function computedOn(machine: Machine, dtype: keyof typeof NANS) {
  const kernel = oddOn(machine, dtype);
  const request = { kernel: "odd", grid: { axes }, chunk: [3, 4], codec: "none" };
  const job = resolvedJob(request, "j", kernel);
  const [array] = arraysOf(job.spec);
  return {
    job,
    array: array!,
    chunks: [0, 1].map((chunk) => computeChunk(job, chunk, kernel, steppingClock())),
  };
}

test.each(["float32", "float64"] as const)("NaN has the same bits from every machine: %s", (dtype) => {
  const [one, other, third] = (["x64", "arm64", "payload"] as const).map((machine) =>
    computedOn(machine, dtype).chunks.map(({ encoded, report: { tile } }) => ({ encoded, tile })),
  );
  expect(other).toEqual(one);
  expect(third).toEqual(one);
  const { array, chunks } = computedOn("x64", dtype);
  const values = decodeChunk(array, 0, chunks[0]!.encoded[0]!);
  const words = new Uint32Array(bytesOf(values).buffer);
  expect([...words.subarray(0, NANS[dtype].arm64.length)]).toEqual([...NANS[dtype].arm64]);
  expect([...values.subarray(0, 6)].map((value) => Object.is(value, -0))).toEqual([
    ...[false, true, false, false, false, true],
  ]);
});

test("a second writer agrees with NaNs of other bits, stored before they were made alike, but not with 0 for -0", async () => {
  const { job, array, chunks } = computedOn("arm64", "float64");
  const mine = chunks[0]!.encoded[0]!;
  const values = decodeChunk(array, 0, mine);
  new Uint32Array(values.buffer, values.byteOffset).set(NANS.float64.x64, 0);
  const store = new MemoryStore();
  const key = chunkKeys(job, 0)[0]!;
  await store.put(key, encodeChunk(array, 0, values));
  expect(store.objects.get(key)).not.toEqual(mine);
  expect(await putChunk(store, job, 0, [mine])).toBe(mine.length);
  values[1] = 0;
  await store.put(key, encodeChunk(array, 0, values));
  await expect(putChunk(store, job, 0, [mine])).rejects.toThrow(IntegrityError);
});

test("whole numbers, infinities and numbers stay as they are", () => {
  const whole = Uint32Array.of(0xffc00000, 1);
  makeNansAlike(whole);
  expect([...whole]).toEqual([0xffc00000, 1]);
  const floats = Float32Array.of(Infinity, -Infinity, -0, 1e-45, 3);
  const before = floats.slice();
  makeNansAlike(floats);
  expect(bytesOf(floats)).toEqual(bytesOf(before));
});
