import { readFileSync } from "node:fs";
import { ensureWasm, WASM_FILE } from "./wasm.ts";

/**
 * The module `#kernels.wasm` when running from sources, see `imports` in package.json: sources run without a build
 * step, so the first use of its bytes builds it. In a bundle, the module is the bytes.
 */
export default (() => {
  ensureWasm();
  return new Uint8Array(readFileSync(WASM_FILE));
}) as Uint8Array<ArrayBuffer> | (() => Uint8Array<ArrayBuffer>);
