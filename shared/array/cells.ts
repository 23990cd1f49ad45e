/** Makes a chunk's cells the same on every machine: 0/0 is fff8… on x64 and 7ff8… on arm64, and both are NaN. */
import type { ChunkArray } from "../kernels/dtype.ts";

/**
 * The bits of a quiet NaN without sign and payload: all of a float32, and the upper half of a float64, whose lower half
 * is 0.
 */
const NAN_32 = 0x7fc00000;
const NAN_64 = 0x7ff80000;

/** Gives every NaN the same bits, in place. Writes the bits as integers: assigning NaN need not store these bits. */
export function makeNansAlike(values: ChunkArray): void {
  const { buffer, byteOffset, length } = values;
  if (values instanceof Float32Array) {
    const bits = new Uint32Array(buffer, byteOffset, length);
    for (let k = 0; k < length; k++) if (Number.isNaN(values[k])) bits[k] = NAN_32;
  } else if (values instanceof Float64Array) {
    const halves = new Uint32Array(buffer, byteOffset, 2 * length);
    for (let k = 0; k < length; k++) {
      if (!Number.isNaN(values[k])) continue;
      halves[2 * k] = 0;
      halves[2 * k + 1] = NAN_64;
    }
  }
}

/** The indices of the cells in which two chunks of one size differ. All NaN are equal; 0 and -0 differ. */
export function* differingCells(a: ChunkArray, b: ChunkArray): Generator<number> {
  for (let k = 0; k < a.length; k++) if (!Object.is(a[k], b[k])) yield k;
}
