import { julia } from "./julia.ts";
import type { ChunkArray, Kernel, Window } from "./kernel.ts";
import { mandelbrot } from "./mandelbrot.ts";
import { type WasmKernels, wasmKernels } from "./wasm-kernels.ts";

/**
 * The fast twins of mandelbrot and julia: the same values from wasm/escape-time.ts. What that is not made for
 * goes to the plain kernel.
 */
type Compute<K> = K extends Kernel<infer Name> ? Kernel<Name>["compute"] : never;

export const fastMandelbrot: Compute<typeof mandelbrot> = (parameters, window, out) => {
  const wasm = wasmKernels();
  // Under NaN nothing is ever greater than 4, and under the vectors' test nothing is ever less.
  const isOdd = window.x.some(Number.isNaN) || window.y.some(Number.isNaN);
  if (!wasm || isOdd || !isCounts(out)) return mandelbrot.compute(parameters, window, out);
  fill(wasm, window, out, (columns, rows) =>
    wasm.escapeTimes(columns, rows, parameters.maxIterations, out.BYTES_PER_ELEMENT, false, 0, 0),
  );
};

export const fastJulia: Compute<typeof julia> = (parameters, window, out) => {
  const { maxIterations, cRe, cIm } = parameters;
  const wasm = wasmKernels();
  // Under a c further out, z may leave the disc of radius 2 and come back between two looks.
  const staysOut = cRe * cRe + cIm * cIm <= 3.999999;
  if (!wasm || !staysOut || !isCounts(out)) return julia.compute(parameters, window, out);
  fill(wasm, window, out, (columns, rows) =>
    wasm.escapeTimes(columns, rows, maxIterations, out.BYTES_PER_ELEMENT, true, cRe, cIm),
  );
};

const isCounts = (out: ChunkArray): out is Uint16Array | Uint32Array =>
  out instanceof Uint16Array || out instanceof Uint32Array;

/** Computes the window in tiles that fit the module's memory, which stays small however large the chunk is. */
function fill(
  wasm: WasmKernels,
  { x, y }: Window,
  out: Uint16Array | Uint32Array,
  compute: (columns: number, rows: number) => void,
): void {
  const { buffer } = wasm.memory;
  const tile = wasm.TILE.value;
  const columns = Math.min(x.length, tile);
  const rows = Math.max(1, Math.floor(tile / columns));
  for (let column = 0; column < x.length; column += columns) {
    const tileX = x.subarray(column, column + columns);
    const xs = new Float64Array(buffer, wasm.X.value, tile + 8);
    xs.set(tileX);
    xs.fill(9, tileX.length, tileX.length + 8); // the rest of the last vectors escapes at once
    for (let row = 0; row < y.length; row += rows) {
      const tileY = y.subarray(row, row + rows);
      new Float64Array(buffer, wasm.Y.value, tile).set(tileY);
      compute(tileX.length, tileY.length);
      const values =
        out instanceof Uint16Array
          ? new Uint16Array(buffer, wasm.OUT.value, tile)
          : new Uint32Array(buffer, wasm.OUT.value, tile);
      // Lines of the tile that are parts of the window's are copied one by one, whole ones together.
      const run = tileX.length === x.length ? tileY.length * x.length : tileX.length;
      for (let from = 0; from < tileY.length * tileX.length; from += run) {
        const k = from / tileX.length;
        out.set(values.subarray(from, from + run), (row + k) * x.length + column);
      }
    }
  }
}
