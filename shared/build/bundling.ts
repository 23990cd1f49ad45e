import BUILD from "#build";

/**
 * How a stage becomes the bundle that Lambda runs: the stack and the local engine bundle alike, so that what
 * runs here is what would be deployed. CommonJS with the SDK inside loads fastest; the SDK's ES modules (first
 * in `mainFields`) shake down to what is used.
 */
export const BUNDLING = {
  format: "cjs",
  target: "node24",
  mainFields: "module,main",
  minify: true,
  // Importing node:http dynamically, as the SDK's first request does, reads every export of it, and one of them
  // loads undici: 33 ms of each cold start that `require` does not cost.
  supported: { "dynamic-import": false },
  // Part of the signer looks for the global of that name, which loads all of WebCrypto: 4 ms. Nothing here uses it.
  // `#build` is what the bundle was made from: as text, since esbuild would have every module import an object.
  define: { crypto: "undefined", BUILD: JSON.stringify(JSON.stringify(BUILD)) },
  // `#kernels.wasm` is the bytes, see `imports` in package.json. Naming a condition drops esbuild's own, "module".
  conditions: "module,bundled",
  loader: { ".wasm": "binary" },
} as const;

/** The stages, by the name of their folder under functions/. */
export const STAGES = ["splitter", "worker", "aggregator"] as const;
export type Stage = (typeof STAGES)[number];
