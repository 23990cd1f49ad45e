import { makeNansAlike } from "../../shared/array/cells.ts";
import { arrayShape, pointsOf } from "../../shared/array/grid.ts";
import { layoutOf } from "../../shared/array/layout.ts";
import type { JobSpec } from "../../shared/array/spec.ts";
import { type ChunkArray, makeArray } from "../../shared/kernels/dtype.ts";
import type { ChunkWindow, Compute, LoadedKernel } from "../../shared/kernels/loaded.ts";
import { fixedInputs, namedAxes } from "../../shared/record/axis-names.ts";
import { describeError, KernelError } from "../../shared/validation/errors.ts";

/**
 * A chunk's cells, an array a value, as `compute` gives them, the kernel's own or its fast twin's, on every machine alike. Throws
 * ChunkOutOfRangeError, and KernelError.
 */
export function chunkValues(
  spec: JobSpec,
  chunk: number,
  kernel: Pick<LoadedKernel, "declaration">,
  compute: Compute,
): ChunkArray[] {
  const { elements } = layoutOf(spec).chunk(chunk);
  const window = windowOf(spec, chunk, kernel);
  const out = spec.values.map(({ dtype }) => makeArray(dtype, elements));
  try {
    compute(window, out);
  } catch (error) {
    throw new KernelError(describeError(error), { cause: error });
  }
  for (const array of out) makeNansAlike(array);
  return out;
}

/** What a chunk's cells are computed from. */
function windowOf(
  spec: JobSpec,
  chunk: number,
  { declaration }: Pick<LoadedKernel, "declaration">,
): ChunkWindow {
  const { from, shape } = layoutOf(spec).chunk(chunk);
  const parameters = fixedInputs(spec, declaration);
  const axes = namedAxes(spec, declaration).map(({ input }, k) => ({
    input,
    values: pointsOf(spec.axes[k]!, from[k]!, from[k]! + shape[k]!),
  }));
  return { parameters, axes, from, shape: arrayShape(spec), seed: spec.seed };
}
