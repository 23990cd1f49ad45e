import { createHash } from "node:crypto";
import { DRIVER_VERSION } from "./driver-version.ts";

/** What the bits of a WebAssembly kernel depend on: its module, manifest included, and how manyhands calls it. 64 hexadecimal digits. */
export function hashOfWasm(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).update(`wasm ${DRIVER_VERSION}`).digest("hex");
}
