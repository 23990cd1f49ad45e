/** Pieces of chunks, computed and encoded as a worker does with a whole one. */
import { makeNansAlike } from "../../shared/array/cells.ts";
import { pointsOf } from "../../shared/array/grid.ts";
import { type Chunk, elementsIn } from "../../shared/array/layout.ts";
import type { JobSpec } from "../../shared/array/spec.ts";
import { encodeValues } from "../../shared/array/zarr-array.ts";
import { makeArray } from "../../shared/kernels/dtype.ts";
import type { LoadedKernel, WindowAxis } from "../../shared/kernels/loaded.ts";
import type { Job } from "../../shared/record/job.ts";

/** The array whose chunks are timed. */
export type TimedArray = Pick<JobSpec, "parameters" | "axes" | "seed" | "values" | "chunkShape" | "codec"> &
  Pick<Job, "measured">;

/** The cells of a chunk where these indices of its axes meet. */
export interface Piece {
  readonly chunk: Chunk;
  /** By axis: the first index within the chunk, how many there are, and how far apart. */
  readonly along: readonly { readonly first: number; readonly count: number; readonly step: number }[];
  readonly cells: number;
}

const GOLDEN = 0.6180339887498949;

/**
 * About as many cells, spread over the chunk: rows are whole where they fit, as kernels and their twins save work among a row's neighbours,
 * and far apart, as rows that are neighbours tell the same. Another `visit` takes others.
 */
export function pieceOf(chunk: Chunk, cells: number, visit: number): Piece {
  let left = Math.max(1, cells);
  const along: Piece["along"][number][] = [];
  for (let axis = chunk.shape.length - 1; axis >= 0; axis--) {
    const side = chunk.shape[axis]!;
    const count = Math.max(1, Math.min(side, Math.floor(left)));
    const isRow = axis === chunk.shape.length - 1;
    const step = isRow ? 1 : side / count;
    const place = ((visit + 1) * GOLDEN * (axis + 2)) % 1;
    const first = Math.floor(place * (isRow ? side - count + 1 : step));
    along.unshift({ first, count, step });
    left /= count;
  }
  return { chunk, along, cells: elementsIn(along.map(({ count }) => count)) };
}

/** Returns false where the kernel throws. */
export function computePiece(
  kernel: LoadedKernel,
  { parameters, axes, seed, values, codec }: TimedArray,
  shape: readonly number[],
  { chunk, along, cells }: Piece,
): boolean {
  const from = along.map(({ first }, axis) => chunk.from[axis]! + first);
  const window = {
    ...{ parameters, from, shape, seed },
    axes: axes.map((axis, k) => ({
      input: axis.input ?? "",
      values: valuesAlong(axis, k, chunk, along[k]!),
    })),
  };
  const out = values.map(({ dtype }) => makeArray(dtype, cells));
  try {
    (kernel.fast ?? kernel.compute)(window, out);
  } catch {
    return false;
  }
  for (const array of out) {
    makeNansAlike(array);
    encodeValues(codec, array);
  }
  return true;
}

function valuesAlong(
  axis: JobSpec["axes"][number],
  k: number,
  { from, shape }: Chunk,
  { first, count, step }: Piece["along"][number],
): WindowAxis["values"] {
  const all = pointsOf(axis, from[k]!, from[k]! + shape[k]!);
  const at = (_: unknown, n: number) => all[Math.min(shape[k]! - 1, first + Math.floor(n * step))]!;
  const picked = Array.from({ length: count }, at);
  return all instanceof Float64Array ? Float64Array.from(picked as number[]) : picked;
}
