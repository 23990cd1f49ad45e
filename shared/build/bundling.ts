import BUILD from "#build";
import { OLDEST_NODE } from "./oldest-node.ts";

/**
 * esbuild's options for the bundle of a stage: the stack and the local engine use the same ones, so a local run
 * executes the bundle that would be deployed. CommonJS with the SDK inside loads fastest; the SDK's ES modules (first
 * in `mainFields`) are reduced to the used parts.
 */
export const BUNDLING = {
  format: "cjs",
  // The package's engine local runs the same bundles on the user's Node.
  target: `node${OLDEST_NODE}`,
  mainFields: "module,main",
  minify: true,
  // A dynamic import of node:http, as in the SDK's first request, reads every export of it, and one of them loads
  // undici: 33 ms of each cold start. `require` does not.
  supported: { "dynamic-import": false },
  // `crypto`: a part of the signer looks for this global, which would load all of WebCrypto in 4 ms; nothing here uses
  // it. `BUILD` is the value of `#build`: as text, because with an object esbuild would add an import to every module.
  define: { crypto: "undefined", BUILD: JSON.stringify(JSON.stringify(BUILD)) },
  // `#kernels.wasm` is the bytes, see `imports` in package.json. "module" is repeated: naming a condition drops
  // esbuild's own.
  conditions: "module,bundled",
  loader: { ".wasm": "binary" },
} as const;

/** The stages, by the name of their folder under functions/. */
export const STAGES = ["splitter", "worker", "aggregator"] as const;
export type Stage = (typeof STAGES)[number];
