import type { Declaration } from "../declaration.ts";
import { declarationOf } from "./contract.ts";
import { MANIFEST_SECTION, manifestIn, withManifest } from "./manifest.ts";
import { readModule } from "./module.ts";
import { Reader } from "./reader.ts";
import { MOST_PAGES, refuseInstructions, refuseSections } from "./refusals.ts";
import { withMostPages } from "./rewrite.ts";

/** The most bytes of a kernel's module. */
export const MOST_MODULE_BYTES = 16 * 2 ** 20;

export interface CheckedWasm {
  readonly name: string;
  readonly declaration: Declaration;
  /** The module with its manifest as a custom section, and a bound to its memory. Checked again, they stay as they are. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * A kernel from the bytes of `file`, a WebAssembly module; `beside` is the manifest that lies in a file beside it. `name` is the
 * kernel's unless its manifest gives another. The engine has not seen the bytes yet: see tools/kernels/start-once.ts.
 * Throws InvalidInputError if they break the contract.
 */
export function checkWasm(
  file: string,
  bytes: Uint8Array<ArrayBuffer>,
  { name, beside }: { readonly name: string; readonly beside?: unknown },
): CheckedWasm {
  const reader = new Reader(file, bytes);
  if (bytes.length > MOST_MODULE_BYTES) {
    reader.refuse(`a module of at most ${MOST_MODULE_BYTES} bytes`, `${bytes.length} bytes`);
  }
  const module = readModule(file, bytes);
  refuseSections(module);
  refuseInstructions(module);
  const within = manifestIn(module);
  if (within !== undefined && beside !== undefined && JSON.stringify(within) !== JSON.stringify(beside)) {
    const hint = "Remove one of them.";
    reader.refuse(
      "a module with one manifest",
      `two that differ, its ${SECTION} and the file beside it`,
      hint,
    );
  }
  const manifest = within ?? beside;
  if (manifest === undefined) {
    reader.refuse(`a module with a ${SECTION}, or with ${name}.json beside it`, "neither of them");
  }
  const bounded = withMostPages(module, MOST_PAGES);
  return {
    ...declarationOf(module, manifest, name),
    bytes: within === undefined ? withManifest(bounded, manifest) : bounded,
  };
}

/**
 * What an artifact declares, for a worker: `checkWasm` has made it and looked at its code, which takes 0.2 s a megabyte. Throws
 * InvalidInputError, since its bytes may have come another way.
 */
export function declarationIn(file: string, bytes: Uint8Array<ArrayBuffer>, name: string): Declaration {
  const module = readModule(file, bytes);
  refuseSections(module);
  const manifest = manifestIn(module);
  if (manifest === undefined) new Reader(file, bytes).refuse(`a module with a ${SECTION}`, "none");
  return declarationOf(module, manifest, name).declaration;
}

const SECTION = `custom section \`${MANIFEST_SECTION}\``;
