import built from "#kernels.wasm";

/** What shared/kernels/wasm/kernels.ts exports. Addresses and sizes are in bytes, counts in elements. */
export interface WasmKernels {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** The most cells of one call, and the most rows and columns. */
  readonly TILE: { readonly value: number };
  /** The addresses of a call's coordinates and of its values. */
  readonly X: { readonly value: number };
  readonly Y: { readonly value: number };
  readonly OUT: { readonly value: number };
  escapeTimes(
    columns: number,
    rows: number,
    maxIterations: number,
    bytesPerCell: number,
    isJulia: boolean,
    cRe: number,
    cIm: number,
  ): void;
  timesToFlip(
    columns: number,
    rows: number,
    duration: number,
    timeStep: number,
    gravity: number,
    length1: number,
    length2: number,
    mass1: number,
    mass2: number,
  ): void;
}

let kernels: WasmKernels | undefined;

/** This thread's instance, made when first asked for; undefined where WebAssembly has no relaxed 128-bit vectors. */
export function wasmKernels(): WasmKernels | undefined {
  if (kernels) return kernels;
  const bytes = typeof built === "function" ? built() : built;
  if (WebAssembly.validate(bytes)) {
    kernels = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as WasmKernels;
  }
  return kernels;
}
