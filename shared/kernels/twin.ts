import type { WasmInstance } from "./wasm-kernels.ts";

/** Makes the fast `fill` of a kernel, which asks for the instance only when it computes. */
export type Twin<Source extends { readonly fill: unknown }> = (instance: WasmInstance) => Source["fill"];
