/** What the twins' module costs at a cold start: to be called in a process of its own, once. */
import built from "#kernels.wasm";

export interface Start {
  readonly sizeBytes: number;
  readonly compileMs: number;
  readonly instantiateMs: number;
  readonly firstCallMs: number;
}

export function measureStart(): Start {
  const bytes = typeof built === "function" ? built() : built;
  const began = performance.now();
  const module = new WebAssembly.Module(bytes);
  const compiled = performance.now();
  const { exports } = new WebAssembly.Instance(module);
  const instantiated = performance.now();
  (exports as { escapeTimes(...args: unknown[]): void }).escapeTimes(1, 1, 1000, 2, false, 0, 0);
  return {
    sizeBytes: bytes.length,
    compileMs: compiled - began,
    instantiateMs: instantiated - compiled,
    firstCallMs: performance.now() - instantiated,
  };
}
