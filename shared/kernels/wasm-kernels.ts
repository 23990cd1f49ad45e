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

/** The twins' compiled module; undefined where WebAssembly has no relaxed 128-bit vectors. */
export type TwinsModule = () => WebAssembly.Module | undefined;

/** This thread's instance of it. */
export type WasmInstance = () => WasmKernels | undefined;

/** Compiles the bytes when first asked to: most programs that have them compute nothing. */
export function compileLater(built: Uint8Array<ArrayBuffer> | (() => Uint8Array<ArrayBuffer>)): TwinsModule {
  let module: WebAssembly.Module | undefined;
  return () => {
    if (module) return module;
    const bytes = typeof built === "function" ? built() : built;
    if (WebAssembly.validate(bytes)) module = new WebAssembly.Module(bytes);
    return module;
  };
}

export function instantiateLater(compiled: TwinsModule): WasmInstance {
  let instance: WasmKernels | undefined;
  return () => {
    const module = instance ? undefined : compiled();
    if (module) instance = new WebAssembly.Instance(module).exports as unknown as WasmKernels;
    return instance;
  };
}
