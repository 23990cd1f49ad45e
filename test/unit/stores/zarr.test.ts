import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import * as zarr from "zarrita";
import { crc32c } from "../../../shared/array/crc32c.ts";
import { layoutOf } from "../../../shared/array/layout.ts";
import { arraysOf, CODECS } from "../../../shared/array/spec.ts";
import { decodeChunk, encodeChunk, valuesOf } from "../../../shared/array/zarr-array.ts";
import { makeArray } from "../../../shared/kernels/dtype.ts";
import { type ChunkOf, chunkKeys } from "../../../shared/record/array-keys.ts";
import { CorruptChunkError } from "../../../shared/validation/errors.ts";
import { sameBytes, wholeArray } from "../../helpers/arrays.ts";
import { resolvedJob } from "../../helpers/kernels.ts";
import { Stages } from "../../helpers/stages.ts";

const axes = (rows: number, columns: number) => ({
  axes: [
    { from: 1.3, to: -1.3, count: rows },
    { from: -2, to: 1, count: columns },
  ],
});

test.each(CODECS)("zarrita reads the array that the stages stored with codec %s", async (codec) => {
  const stages = new Stages();
  const request = {
    kernel: "mandelbrot",
    grid: axes(23, 31),
    chunk: [7, 9],
    codec,
    requestId: "j",
    output: { plots: false },
  };
  await stages.split(request);
  await stages.runToEnd();
  const array = await zarr.open(zarritaStore(stages), { kind: "array" });
  expect(array.shape).toEqual([23, 31]);
  const { data } = await zarr.get(array);
  expect(data).toEqual(wholeArray(resolvedJob(request, "j")));
});

test("a chunk that is missing reads as the fill value", async () => {
  const stages = new Stages();
  await stages.split({
    kernel: "mandelbrot",
    grid: axes(10, 10),
    chunk: [5, 5],
    chunksPerMessage: 1,
    requestId: "j",
    output: { plots: false },
  });
  for (const body of stages.chunks.take().slice(1)) await stages.work(body);
  const array = await zarr.open(zarritaStore(stages), { kind: "array" });
  const data = [...((await zarr.get(array)).data as Uint16Array)];
  expect(data[0]).toBe(65535);
  expect(data[99]).not.toBe(65535);
});

test("every chunk decodes to what was encoded, edge chunks included, for every dtype and codec", () => {
  const side = fc.integer({ min: 1, max: 20 });
  const dtypes = fc.constantFrom(
    ["mandelbrot", "uint16"],
    ["mandelbrot", "uint32"],
    ["double-pendulum", "float32"],
    ["double-pendulum", "float64"],
  );
  fc.assert(
    fc.property(
      side,
      side,
      side,
      side,
      dtypes,
      fc.constantFrom(...CODECS),
      fc.nat(),
      (rows, columns, r, c, [kernel, dtype], codec, pick) => {
        const request = {
          kernel,
          dtype,
          codec,
          grid: axes(rows, columns),
          chunk: [Math.min(r, rows), Math.min(c, columns)],
        };
        const { spec } = resolvedJob(request, "j");
        const chunk =
          pick % (Math.ceil(rows / spec.chunkShape[0]!) * Math.ceil(columns / spec.chunkShape[1]!));
        const [array] = arraysOf(spec);
        const values = makeArray(array!.dtype, layoutOf(spec).chunk(chunk).elements).map(
          (_: number, k: number) => k / 3 + pick,
        ) as ReturnType<typeof makeArray>;
        expect(sameBytes(decodeChunk(array!, chunk, encodeChunk(array!, chunk, values)), values)).toBe(true);
      },
    ),
  );
});

test("any flipped bit or missing tail of a stored chunk is found", () => {
  const [array] = arraysOf(resolvedJob({ kernel: "mandelbrot", grid: axes(8, 8) }, "j").spec);
  const stored = encodeChunk(array!, 0, makeArray("uint16", 64).map((_: number, k: number) => k) as never);
  fc.assert(
    fc.property(fc.nat(stored.length - 1), fc.nat(7), fc.nat(stored.length - 1), (byte, bit, length) => {
      const flipped = stored.slice();
      flipped[byte]! ^= 1 << bit;
      expect(() => decodeChunk(array!, 0, flipped)).toThrow(CorruptChunkError);
      expect(() => decodeChunk(array!, 0, stored.subarray(0, length))).toThrow(CorruptChunkError);
    }),
  );
});

test.each([
  ["gzip", gzipSync],
  ["zstd", zstdCompressSync],
] as const)(
  "a %s chunk that unpacks to more than its size is corrupt, and is not unpacked further",
  (codec, pack) => {
    const [array] = arraysOf(resolvedJob({ kernel: "mandelbrot", codec, grid: axes(8, 8) }, "j").spec);
    const packed = pack(Buffer.alloc(16 * 2 ** 20));
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32LE(crc32c(packed));
    expect(() => decodeChunk(array!, 0, Buffer.concat([packed, checksum]))).toThrow(
      new CorruptChunkError("more than 128 bytes"),
    );
  },
);

test("values are read from a Buffer that shares its memory with others", () => {
  const pool = Buffer.from([9, 9, 9, 1, 0, 2, 0]);
  expect([...valuesOf("uint16", pool.subarray(3))]).toEqual([1, 2]);
});

test("crc32c gives the values of RFC 3720 and of an independent library", () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, k) => k))).toBe(0x46dd794e);
  expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
});

test("keys are <value>/c/<i>/<j>, or <value>/c/<j> for an array with one axis, without the value in jobs of the old layout", () => {
  const two = resolvedJob({ kernel: "mandelbrot", grid: axes(10, 10), chunk: [5, 5] }, "j");
  const one = resolvedJob(
    { kernel: "mandelbrot", grid: { axes: [{ from: -2, to: 1, count: 10 }] }, chunk: [5] },
    "j",
  );
  const keysOf = (job: ChunkOf, chunks: number[]) => chunks.map((chunk) => chunkKeys(job, chunk)[0]);
  const below = (...keys: string[]) => keys.map((key) => `jobs/j/array/${key}`);
  expect(keysOf(two, [0, 1, 2, 3])).toEqual(
    below("escape_time/c/0/0", "escape_time/c/0/1", "escape_time/c/1/0", "escape_time/c/1/1"),
  );
  expect(keysOf(one, [0, 1])).toEqual(below("escape_time/c/0", "escape_time/c/1"));
  const old = { ...two.spec, values: [{ dtype: "uint16" as const }] };
  expect(keysOf({ ...two, spec: old }, [0, 3])).toEqual(below("c/0/0", "c/1/1"));
});

/** The values of job `j` as zarrita's store. */
function zarritaStore({ store }: Stages): zarr.AsyncReadable {
  return { get: (key) => store.get(`jobs/j/array/escape_time${key}`) };
}
