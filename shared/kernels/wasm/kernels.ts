/** What the module exports; `WasmKernels` in ../wasm-kernels.ts is the same for TypeScript. */
export { timesToFlip } from "./double-pendulum";
export { escapeTimes } from "./escape-time";
export { OUT, TILE, X, Y } from "./tile";
