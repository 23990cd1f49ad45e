import type { ChunkArray } from "../dtype.ts";
import type { Twin } from "../twin.ts";
import { fillByTiles } from "../wasm-tiles.ts";
import { julia } from "./julia.ts";
import { mandelbrot } from "./mandelbrot.ts";

/**
 * The fast twins of mandelbrot and julia: the same values from wasm/escape-time.ts. What that is not made for
 * goes to the plain kernel.
 */
export const fastMandelbrot: Twin<typeof mandelbrot> = (instance) => (window, out, tools) => {
  const { x, y, maxIterations } = window;
  const wasm = instance();
  // Under NaN nothing is ever greater than 4, and under the vectors' test nothing is ever less.
  const isOdd = x.some(Number.isNaN) || y.some(Number.isNaN);
  if (!wasm || isOdd || !isCounts(out)) return mandelbrot.fill(window, out, tools);
  fillByTiles(wasm, window, out, valuesOf(out), (columns, rows) =>
    wasm.escapeTimes(columns, rows, maxIterations, out.BYTES_PER_ELEMENT, false, 0, 0),
  );
};

export const fastJulia: Twin<typeof julia> = (instance) => (window, out, tools) => {
  const { maxIterations, cRe, cIm } = window;
  const wasm = instance();
  // Under a c further out, z may leave the disc of radius 2 and come back between two looks.
  const staysOut = cRe * cRe + cIm * cIm <= 3.999999;
  if (!wasm || !staysOut || !isCounts(out)) return julia.fill(window, out, tools);
  fillByTiles(wasm, window, out, valuesOf(out), (columns, rows) =>
    wasm.escapeTimes(columns, rows, maxIterations, out.BYTES_PER_ELEMENT, true, cRe, cIm),
  );
};

const isCounts = (out: ChunkArray): out is Uint16Array | Uint32Array =>
  out instanceof Uint16Array || out instanceof Uint32Array;

const valuesOf = (out: Uint16Array | Uint32Array) => (out instanceof Uint16Array ? Uint16Array : Uint32Array);
