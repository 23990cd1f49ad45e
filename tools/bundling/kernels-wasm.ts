import { readFileSync } from "node:fs";
import { ensureWasm, WASM_FILE } from "./wasm.ts";

/**
 * What `#kernels.wasm` is to the sources, see `imports` in package.json: they run without any build step, so the
 * first to need its bytes builds it. In a bundle it is the bytes.
 */
export default (() => {
  ensureWasm();
  return new Uint8Array(readFileSync(WASM_FILE));
}) as Uint8Array<ArrayBuffer> | (() => Uint8Array<ArrayBuffer>);
