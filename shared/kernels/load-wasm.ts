import { computeOf } from "./driver.ts";
import type { LoadedKernel } from "./loaded.ts";
import { codeOfWasm } from "./wasm-code.ts";
import { declarationIn } from "./wasm-file/check.ts";

/**
 * A kernel from its artifact, ready to compute; the caller has checked the bytes against the hash. Throws InvalidInputError if they
 * break the contract, and CompileError if the engine refuses them.
 * @example loadWasm({ name: "mine", hash, bytes: readFileSync(`${hash}.wasm`) }).compute(window, [out]);
 */
export function loadWasm(artifact: {
  readonly name: string;
  readonly hash: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}): LoadedKernel {
  const { name, hash, bytes } = artifact;
  const declaration = declarationIn(`${name}.wasm`, bytes, name);
  const code = codeOfWasm(new WebAssembly.Module(bytes), declaration);
  return { name, hash, declaration, compute: computeOf(code, declaration) };
}
