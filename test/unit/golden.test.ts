import { expect, test } from "vitest";
import { npyParts } from "../../functions/aggregator/npy.ts";
import { crc32c } from "../../shared/array/crc32c.ts";
import { type AxisRequest, arrayShape, coordinates } from "../../shared/array/grid.ts";
import { Layout, layoutOf } from "../../shared/array/layout.ts";
import { resolveAxis } from "../../shared/array/resolve-axis.ts";
import { arraysOf, type Codec, type JobSpec } from "../../shared/array/spec.ts";
import { decodeChunk, encodeChunk } from "../../shared/array/zarr-array.ts";
import { sinCos } from "../../shared/kernels/double-pendulum/sin-cos.ts";
import { type Dtype, makeArray } from "../../shared/kernels/dtype.ts";
import { putChunk } from "../../shared/record/stored-chunk.ts";
import golden from "../fixtures/golden.json" with { type: "json" };
import { builtIn } from "../helpers/kernels.ts";
import { MemoryStore } from "../helpers/memory.ts";
import { computePlain, windowOver } from "../helpers/windows.ts";

// Values from independent programs (numpy, zarr-python, google-crc32c): test/python/golden.py makes the file.

test.each(golden.kernels)(
  "$kernel equals the independent computation in every cell ($axes.0.rule)",
  (job) => {
    const [y, x] = job.axes.map((axis) => coordinates(axis as never, 0, axis.count)) as [
      Float64Array,
      Float64Array,
    ];
    expect([...y]).toEqual(job.y);
    expect([...x]).toEqual(job.x);
    const out = makeArray(job.dtype as Dtype, y.length * x.length);
    const [rows = "", columns = ""] = Object.keys(builtIn(job.kernel).declaration.inputs);
    computePlain(job.kernel, windowOver({ [rows]: y, [columns]: x }, job.parameters as never), out);
    expect([...out]).toEqual(job.values);
  },
);

test.each(golden.grids)(
  "the axis $request has the coordinates that Python's additions give",
  ({ request, axis, first, last }) => {
    const resolved = resolveAxis(request as AxisRequest, "axis");
    expect(resolved).toEqual(axis);
    expect([...coordinates(resolved, 0, first.length)]).toEqual(first);
    expect(coordinates(resolved, axis.count - 1, axis.count)[0]).toBe(last);
  },
);

test("sine and cosine equal the C library's to an ulp of one", () => {
  const out = new Float64Array(2);
  for (const { x, sin, cos } of golden.sinCos) {
    sinCos(x, out);
    expect(Math.abs(out[0]! - sin), `sin ${x}`).toBeLessThan(3e-16);
    expect(Math.abs(out[1]! - cos), `cos ${x}`).toBeLessThan(3e-16);
  }
});

test("crc32c equals google-crc32c's", () => {
  for (const { bytes, crc32c: expected } of golden.crc32c)
    expect(crc32c(Buffer.from(bytes, "hex"))).toBe(expected);
});

function specOf(
  dtype: string,
  shape: readonly number[],
  chunkShape: readonly number[],
  codec: string,
): JobSpec {
  const axes = shape.map((count) => ({ rule: "index" as const, from: 0, step: 1, count }));
  return {
    kernel: "golden",
    parameters: {},
    axes,
    values: [{ dtype: dtype as Dtype }],
    chunkShape: [...chunkShape],
    codec: codec as Codec,
    seed: 0,
  };
}

/** The part of a row-major array that a chunk covers. */
function cut(spec: JobSpec, chunk: number, whole: readonly (number | string)[]) {
  // An array with one axis is one row.
  const [columns = 1] = arrayShape(spec).toReversed();
  const { from, shape, elements } = layoutOf(spec).chunk(chunk);
  const [column = 0, row = 0] = from.toReversed();
  const [width = 1] = shape.toReversed();
  const values = makeArray(arraysOf(spec)[0]!.dtype, elements);
  for (let at = 0; at < elements; at++)
    values[at] = Number(whole[(row + Math.floor(at / width)) * columns + column + (at % width)]);
  return values;
}

test.each(golden.chunks)(
  "chunks that zarr-python wrote as $dtype $shape with $codec are read, and ours without codec are the same bytes",
  (array) => {
    const spec = specOf(array.dtype, array.shape, array.chunkShape, array.codec);
    const [lone] = arraysOf(spec);
    Object.entries(array.chunks).forEach(([, hex], chunk) => {
      const values = cut(spec, chunk, array.values);
      expect([...decodeChunk(lone!, chunk, Buffer.from(hex as string, "hex"))]).toEqual([...values]);
      if (array.codec === "none")
        expect(Buffer.from(encodeChunk(lone!, chunk, values)).toString("hex")).toBe(hex);
    });
  },
);

test.each(golden.npy)(
  "result.npy of $dtype $shape is what numpy.save writes",
  async ({ dtype, shape, values, bytes }) => {
    const spec = specOf(
      dtype,
      shape,
      shape.map((side) => Math.ceil(side / 2)),
      "zstd",
    );
    const store = new MemoryStore();
    const { total } = new Layout(shape, spec.chunkShape);
    for (let chunk = 0; chunk < total; chunk++)
      await putChunk(store, { jobId: "j", spec }, chunk, [
        encodeChunk(arraysOf(spec)[0]!, chunk, cut(spec, chunk, values)),
      ]);
    const parts: Uint8Array[] = [];
    for await (const part of npyParts(store, { jobId: "j", spec })) parts.push(part);
    expect(Buffer.concat(parts).toString("hex")).toBe(bytes);
  },
);
