import { InvalidInputError } from "../../validation/errors.ts";
import { checkWasm } from "../wasm-file/check.ts";
import { hashOfWasm } from "../wasm-hash.ts";

/**
 * An uploaded module is checked like a file, for it may have come past the command line: it imports nothing, and its memory has a bound.
 * Returns what it declares. Throws InvalidInputError, also where it is not the module of that hash.
 */
export function expectChecked(name: string, bytes: Uint8Array<ArrayBuffer>, hash?: string) {
  const file = `${name}.wasm`;
  const { bytes: bounded, declaration } = checkWasm(file, bytes, { name });
  if (Buffer.compare(bounded, bytes) !== 0)
    throw new InvalidInputError(file, "a module whose memory has a bound", "one without");
  const made = hashOfWasm(bytes);
  if (hash !== undefined && made !== hash)
    throw new InvalidInputError(file, `the module of hash ${hash.slice(0, 16)}`, made.slice(0, 16));
  return declaration;
}
