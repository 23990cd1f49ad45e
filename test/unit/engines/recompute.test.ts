import { expect, test } from "vitest";
import { recompute } from "../../../cli/verify/recompute.ts";
import { computeChunk } from "../../../functions/worker/compute.ts";
import { encodeChunk } from "../../../shared/array/zarr-array.ts";
import { doublePendulum } from "../../../shared/kernels/double-pendulum.ts";
import { defineKernel, type Kernel } from "../../../shared/kernels/kernel.ts";
import type { LoadedKernel } from "../../../shared/kernels/loader.ts";
import { mandelbrot } from "../../../shared/kernels/mandelbrot.ts";
import { KERNELS } from "../../../shared/kernels/registry.ts";
import { resolveJob } from "../../../shared/plan/resolve-job.ts";
import { steppingClock } from "../../helpers/memory.ts";

/** Its twin has a fault: one cell of each chunk. */
const faulty: LoadedKernel = {
  ...(mandelbrot as Kernel),
  fast: (parameters, window, out) => {
    mandelbrot.compute(parameters as never, window, out);
    out[3] = 4321;
  },
};

const axis = { from: 1, to: -1, count: 3 };

test("a fault of a fast twin is found: the plain kernel has the last word", () => {
  const { spec } = resolveJob({ kernel: "mandelbrot", grid: { axes: [axis, axis] } }, "j", KERNELS);
  const { encoded } = computeChunk(spec, 0, faulty, steppingClock());
  expect(recompute(spec, 0, encoded, faulty)).toMatchObject({
    ...{ is: "different", cells: 1, of: 9, at: [1, 0], stored: 4321 },
  });
});

/** Values that are equal as numbers, or equal to nothing, and have other bits. */
const odd = (value: number) =>
  defineKernel({ ...doublePendulum, name: "odd", compute: (_, __, out) => void out.fill(value) });

const quiet = new Float64Array(new BigUint64Array([0x7ff8_0000_0000_0001n]).buffer);

test.each([
  ["0 for -0", Float64Array.of(0), -0, { is: "different", stored: 0, computed: "-0" }],
  ["-0 for 0", Float64Array.of(-0), 0, { is: "different", stored: "-0", computed: 0 }],
  ["infinity", Float64Array.of(Infinity), 1, { is: "different", stored: "Infinity", computed: 1 }],
  ["a NaN for a number", quiet, 1, { is: "different", stored: "NaN", computed: 1 }],
  // As other machines, and versions of manyhands that did not make them alike, may have stored them.
  ["another NaN", quiet, Number.NaN, { is: "equal" }],
])("numbers are compared bit for bit, NaN by being one: %s", (_, stored, value, expected) => {
  const kernel = odd(value) as Kernel;
  const request = { kernel: "odd", grid: { axes: [{ ...axis, count: 1 }] }, dtype: "float64" as const };
  const { spec } = resolveJob(request, "j", new Map([["odd", kernel]]));
  expect(recompute(spec, 0, encodeChunk(spec, 0, stored), kernel)).toMatchObject(expected);
});
