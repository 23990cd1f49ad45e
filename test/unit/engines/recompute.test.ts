import { expect, test } from "vitest";
import { recompute } from "../../../client/verify/recompute.ts";
import { computeChunk } from "../../../functions/worker/compute.ts";
import { arraysOf } from "../../../shared/array/spec.ts";
import { encodeChunk } from "../../../shared/array/zarr-array.ts";
import { kernel } from "../../../shared/kernels/authoring.ts";
import { doublePendulum } from "../../../shared/kernels/double-pendulum/double-pendulum.ts";
import type { ChunkArray } from "../../../shared/kernels/dtype.ts";
import type { LoadedKernel } from "../../../shared/kernels/loader.ts";
import { builtIn, resolvedJob, testKernel } from "../../helpers/kernels.ts";
import { steppingClock } from "../../helpers/memory.ts";

/** Its twin has a fault: one cell of each chunk. */
const faulty: LoadedKernel = {
  ...builtIn("mandelbrot"),
  fast: (window, out) => {
    builtIn("mandelbrot").compute(window, out);
    out[0]![3] = 4321;
  },
};

const axis = { from: 1, to: -1, count: 3 };

test("a fault of a fast twin is found: the plain kernel has the last word", () => {
  const job = resolvedJob({ kernel: "mandelbrot", inputs: { y: axis, x: axis } });
  const { spec } = job;
  const { encoded } = computeChunk(job, 0, faulty, steppingClock());
  expect(recompute(spec, 0, encoded, faulty)).toMatchObject({
    ...{ is: "different", cells: 1, of: 9, at: [1, 0], stored: 4321 },
  });
});

/** Values that are equal as numbers, or equal to nothing, and have other bits. */
const odd = (value: number) =>
  testKernel({
    ...doublePendulum,
    name: "odd",
    fill: (_: object, out: ChunkArray) => void out.fill(value),
  });

test("of several values the one that differs is named", () => {
  const two = kernel({
    inputs: { x: { from: 0, to: 4 } },
    values: { half: {}, twice: {} },
    point: ({ x }) => ({ half: x / 2, twice: 2 * x }),
  });
  const loaded = testKernel({ ...two, name: "two" });
  const { spec } = resolvedJob({ kernel: "two", points: [4] }, "j", loaded);
  const [half, twice] = arraysOf(spec);
  const encoded = [
    encodeChunk(half!, 0, Float64Array.of(0, 0.5, 1, 1.5)),
    encodeChunk(twice!, 0, Float64Array.of(0, 2, 5, 6)),
  ];
  expect(recompute(spec, 0, encoded, loaded)).toMatchObject({
    ...{ is: "different", value: "twice", cells: 1, of: 4, at: [2], stored: 5, computed: 4 },
  });
});

const quiet = new Float64Array(new BigUint64Array([0x7ff8_0000_0000_0001n]).buffer);

test.each([
  ["0 for -0", Float64Array.of(0), -0, { is: "different", stored: 0, computed: "-0" }],
  ["-0 for 0", Float64Array.of(-0), 0, { is: "different", stored: "-0", computed: 0 }],
  ["infinity", Float64Array.of(Infinity), 1, { is: "different", stored: "Infinity", computed: 1 }],
  ["a NaN for a number", quiet, 1, { is: "different", stored: "NaN", computed: 1 }],
  // As other machines, and versions of manyhands that did not make them alike, may have stored them.
  ["another NaN", quiet, Number.NaN, { is: "equal" }],
])("numbers are compared bit for bit, NaN by being one: %s", (_, stored, value, expected) => {
  const kernel = odd(value);
  const request = { kernel: "odd", inputs: { angle1: { ...axis, count: 1 }, angle2: 0 }, dtype: "float64" };
  const { spec } = resolvedJob(request, "j", kernel);
  const encoded = [encodeChunk(arraysOf(spec)[0]!, 0, stored)];
  expect(recompute(spec, 0, encoded, kernel)).toMatchObject(expected);
});
