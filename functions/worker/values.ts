import { makeNansAlike } from "../../shared/array/cells.ts";
import { coordinates } from "../../shared/array/grid.ts";
import { layoutOf } from "../../shared/array/layout.ts";
import type { JobSpec } from "../../shared/array/spec.ts";
import { type ChunkArray, type Kernel, makeArray, type Window } from "../../shared/kernels/kernel.ts";
import { describeError, KernelError } from "../../shared/validation/errors.ts";

/** A chunk's values as `compute` gives them, the kernel's own or its fast twin's, on every machine alike. Throws ChunkOutOfRangeError, and KernelError. */
export function chunkValues(
  spec: JobSpec,
  chunk: number,
  kernel: Kernel,
  compute: Kernel["compute"] = kernel.compute,
): ChunkArray {
  const window = kernelWindow(spec, chunk, kernel);
  const out = makeArray(spec.dtype, window.y.length * window.x.length);
  try {
    compute(spec.parameters, window, out);
  } catch (error) {
    throw new KernelError(describeError(error), { cause: error });
  }
  makeNansAlike(out);
  return out;
}

/** The coordinates of a chunk. A job with one axis lies at the kernel's fixed value of the other. */
function kernelWindow(spec: JobSpec, chunk: number, kernel: Kernel): Window {
  const { from, shape } = layoutOf(spec).chunk(chunk);
  const along = spec.axes.map((axis, k) => coordinates(axis, from[k]!, from[k]! + shape[k]!));
  const [x = new Float64Array(), y = Float64Array.of(kernel.axes[0].at)] = along.toReversed();
  return { y, x };
}
