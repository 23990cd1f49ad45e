import { chunkValues } from "../../functions/worker/values.ts";
import { differingCells } from "../../shared/array/cells.ts";
import { crc32c } from "../../shared/array/crc32c.ts";
import { Layout, layoutOf } from "../../shared/array/layout.ts";
import { arraysOf, type JobSpec } from "../../shared/array/spec.ts";
import { bytesOf, decodeChunk } from "../../shared/array/zarr-array.ts";
import type { ChunkArray } from "../../shared/kernels/dtype.ts";
import type { LoadedKernel } from "../../shared/kernels/loaded.ts";
import { checkSpec } from "../../shared/plan/check-spec.ts";
import { CorruptChunkError, checksumText } from "../../shared/validation/errors.ts";

/** How a stored chunk compares with the plain kernel's result. */
export type Comparison =
  | { readonly chunk: number; readonly is: "equal" }
  | { readonly chunk: number; readonly is: "corrupt"; readonly why: string }
  /** The store refused the chunk, or failed when it was read. */
  | { readonly chunk: number; readonly is: "unreadable"; readonly why: string }
  | ({ readonly chunk: number; readonly is: "different" } & Difference);

interface Difference {
  /** The number of differing cells, and of all cells. */
  readonly cells: number;
  readonly of: number;
  /** The value that differs, where there are several. */
  readonly value?: string;
  /** The first differing cell, in row-major order: its index in the whole array. */
  readonly at: readonly number[];
  readonly stored: CellValue;
  readonly computed: CellValue;
  /** CRC-32C of the decoded bytes. */
  readonly storedChecksum: string;
  readonly computedChecksum: string;
}

/** A number, or text for values without a JSON number: NaN, -0 and the infinities. */
type CellValue = number | string;

/**
 * Computes a chunk by the kernel's own `compute`, never by a fast twin, and compares it with its stored values bit for
 * bit, except the bits of a NaN. Throws InvalidInputError and ChunkOutOfRangeError, and errors of the kernel.
 */
export function recompute(
  spec: JobSpec,
  chunk: number,
  encoded: readonly Uint8Array[],
  kernel: LoadedKernel,
): Comparison {
  checkSpec(spec, kernel);
  const arrays = arraysOf(spec);
  let stored: ChunkArray[];
  try {
    stored = encoded.map((bytes, k) => decodeChunk(arrays[k]!, chunk, bytes));
  } catch (error) {
    if (error instanceof CorruptChunkError) return { chunk, is: "corrupt", why: error.message };
    throw error;
  }
  const computed = chunkValues(spec, chunk, kernel, kernel.compute);
  for (const [k, array] of arrays.entries()) {
    const differing = differingCells(stored[k]!, computed[k]!);
    const { value: first } = differing.next();
    if (first === undefined) continue;
    const cells = differing.reduce((count) => count + 1, 1);
    const value = arrays.length > 1 && array.name !== undefined ? { value: array.name } : {};
    return {
      chunk,
      is: "different",
      cells,
      ...value,
      ...difference(spec, chunk, first, stored[k]!, computed[k]!),
    };
  }
  return { chunk, is: "equal" };
}

function difference(
  spec: JobSpec,
  chunk: number,
  first: number,
  stored: ChunkArray,
  computed: ChunkArray,
): Omit<Difference, "cells" | "value"> {
  const { from, shape } = layoutOf(spec).chunk(chunk);
  // In a layout with chunks of one element, chunk number `first` has the coordinates of the cell with that index.
  const cell = new Layout(
    shape,
    shape.map(() => 1),
  ).chunk(first);
  return {
    of: computed.length,
    at: from.map((start, axis) => start + cell.coordinates[axis]!),
    stored: cellValue(stored[first]!),
    computed: cellValue(computed[first]!),
    storedChecksum: checksumText(crc32c(bytesOf(stored))),
    computedChecksum: checksumText(crc32c(bytesOf(computed))),
  };
}

function cellValue(value: number): CellValue {
  return Number.isFinite(value) && !Object.is(value, -0)
    ? value
    : Object.is(value, -0)
      ? "-0"
      : String(value);
}
