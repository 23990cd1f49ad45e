import type { Kernel } from "./kernel.ts";
import type { WasmInstance } from "./wasm-kernels.ts";

/** Makes the fast `compute` of a kernel, which asks for the instance only when it computes. */
export type Twin<K> =
  K extends Kernel<infer Name> ? (instance: WasmInstance) => Kernel<Name>["compute"] : never;
