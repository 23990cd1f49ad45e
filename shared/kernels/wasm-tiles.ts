import type { ChunkArray } from "./dtype.ts";
import type { WasmKernels } from "./wasm-kernels.ts";

/** A coordinate a column, and one a row. */
interface Plane {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

type Values = new (buffer: ArrayBuffer, byteOffset: number, length: number) => ChunkArray;

/**
 * Computes the window in tiles that fit the module's memory, which stays small however large the chunk is. `compute`
 * leaves a tile's values as a `Values`, which are converted to the elements of `out`.
 */
export function fillByTiles(
  wasm: WasmKernels,
  { x, y }: Plane,
  out: ChunkArray,
  Values: Values,
  compute: (columns: number, rows: number) => void,
): void {
  const { buffer } = wasm.memory;
  const tile = wasm.TILE.value;
  const columns = Math.min(x.length, tile);
  const rows = Math.max(1, Math.floor(tile / columns));
  const xs = new Float64Array(buffer, wasm.X.value, tile + 8);
  const ys = new Float64Array(buffer, wasm.Y.value, tile);
  const values = new Values(buffer, wasm.OUT.value, tile);
  for (let column = 0; column < x.length; column += columns) {
    const tileX = x.subarray(column, column + columns);
    xs.set(tileX);
    xs.fill(9, tileX.length, tileX.length + 8); // the rest of the last vectors escapes at once
    // Whole lines of the window are copied together, parts of lines one by one.
    const lines = tileX.length === x.length ? rows : 1;
    for (let row = 0; row < y.length; row += rows) {
      const tileY = y.subarray(row, row + rows);
      ys.set(tileY);
      compute(tileX.length, tileY.length);
      for (let k = 0; k < tileY.length; k += lines) {
        const run = Math.min(lines, tileY.length - k) * tileX.length;
        out.set(values.subarray(k * tileX.length, k * tileX.length + run), (row + k) * x.length + column);
      }
    }
  }
}
