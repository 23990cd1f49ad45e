/** A chunk's cells as every machine should give them: 0/0 is fff8… on x64 and 7ff8… on arm64, and both are NaN. */
import type { ChunkArray } from "../kernels/kernel.ts";

/** The upper bits of a quiet NaN without sign and payload; where there are 32 more, they are 0. */
const NAN_32 = 0x7fc00000;
const NAN_64 = 0x7ff80000;

/** Gives every NaN the same bits, in place. Not by writing NaN, which need not come out as those. */
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

/** The cells in which two chunks of one size differ, by index. NaN is NaN whatever its bits; 0 and -0 are two. */
export function* differingCells(a: ChunkArray, b: ChunkArray): Generator<number> {
  for (let k = 0; k < a.length; k++) if (!Object.is(a[k], b[k])) yield k;
}
