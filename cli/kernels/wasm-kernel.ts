import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Declaration } from "../../shared/kernels/declaration.ts";
import { checkWasm, MOST_MODULE_BYTES } from "../../shared/kernels/wasm-file/check.ts";
import { MOST_MANIFEST_BYTES, parseManifest } from "../../shared/kernels/wasm-file/manifest.ts";
import { hashOfWasm } from "../../shared/kernels/wasm-hash.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { printable } from "../../shared/validation/printable.ts";
import { expectToStart } from "./wasm-start.ts";

/** A kernel from a WebAssembly file: what a job and its workers need of it. */
export interface WasmKernel {
  readonly kind: "wasm";
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly hash: string;
  readonly declaration: Declaration;
  /** The module, its manifest within: what workers receive. */
  readonly artifact: Uint8Array;
}

/**
 * Reads `mine.wasm`, and `mine.json` beside it if there is one. Throws InvalidInputError if it is no kernel; see
 * shared/kernels/wasm-file for what one is.
 */
export async function readWasmKernel(path: string): Promise<WasmKernel> {
  const absolute = resolve(path);
  const file = basename(absolute);
  const name = basename(absolute, ".wasm");
  const beside = await readIfThere(join(dirname(absolute), `${name}.json`), MOST_MANIFEST_BYTES);
  const bytes = await readIfThere(absolute, MOST_MODULE_BYTES);
  if (!bytes) throw new InvalidInputError(printable(path), "a WebAssembly file", "no such file");
  const manifest = beside && parseManifest(beside, `${name}.json beside ${file}`);
  const checked = checkWasm(file, bytes, { name, ...(manifest !== undefined && { beside: manifest }) });
  await expectToStart(file, checked.bytes);
  return {
    kind: "wasm",
    name: checked.name,
    path: absolute,
    hash: hashOfWasm(checked.bytes),
    declaration: checked.declaration,
    artifact: checked.bytes,
  };
}

/** Undefined where there is no such file. Throws InvalidInputError for what is no file, cannot be read, or is too long. */
async function readIfThere(path: string, mostBytes: number): Promise<Uint8Array | undefined> {
  const refuse = (expected: string, received: string) =>
    new InvalidInputError(printable(basename(path)), expected, received);
  try {
    const found = await stat(path);
    if (!found.isFile()) throw refuse("a file", found.isDirectory() ? "a folder" : "something else");
    if (found.size > mostBytes) throw refuse(`a file of at most ${mostBytes} bytes`, `${found.size} bytes`);
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw refuse("a readable file", code ?? "an error");
  }
}
