/** From a user's WebAssembly file to an artifact: the module with its manifest within, and what the command line knows of it. */
import { realpathSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import type { Declaration } from "../../shared/kernels/declaration.ts";
import { checkWasm, MOST_MODULE_BYTES } from "../../shared/kernels/wasm-file/check.ts";
import { MOST_MANIFEST_BYTES, manifestIn, parseManifest } from "../../shared/kernels/wasm-file/manifest.ts";
import { readModule } from "../../shared/kernels/wasm-file/module.ts";
import { hashOfWasm } from "../../shared/kernels/wasm-hash.ts";
import { expectFit, manifestFor } from "../../shared/kernels/wasm-twin.ts";
import { readRegularFile } from "../../shared/ports/file/regular-file.ts";
import { printable } from "../../shared/validation/printable.ts";
import { kernelName } from "./build-kernel.ts";
import { expectLetterFirst, named } from "./read-source.ts";
import { startOnce } from "./start-once.ts";

/** A kernel from a WebAssembly file, as `BuiltKernel` is one from a file of JavaScript. */
export interface BuiltWasm {
  readonly name: string;
  /** Absolute, as the user named it: a link stays a link. */
  readonly path: string;
  /** What its bits depend on, see wasm-hash.ts. */
  readonly hash: string;
  readonly declaration: Declaration;
  /** For `loadWasm`. */
  readonly artifact: Uint8Array<ArrayBuffer>;
  readonly kind: "wasm";
}

/**
 * Builds the kernel in `mine.wasm`, with the manifest of `mine.json` beside it unless one is within. The module is started once, in a
 * thread. Throws InvalidInputError or TooLargeError: one sentence that names the file, and what in it breaks the contract
 * (shared/kernels/wasm-file).
 */
export async function buildWasm(path: string): Promise<BuiltWasm> {
  return build(path, manifestBeside(path));
}

/**
 * Builds the module that a kernel names as its fast twin: without a manifest of its own, it has the kernel's. Throws as `buildWasm`
 * does, and InvalidInputError if it is not a function of the same inputs, to the same values.
 */
export async function buildTwin(path: string, kernel: Declaration): Promise<BuiltWasm> {
  const own = manifestBeside(path);
  const isBare = own.beside === undefined && manifestIn(readModule(shown(path), read(path))) === undefined;
  const built = await build(path, isBare ? { beside: manifestFor(kernel) } : own);
  expectFit(kernel, built.declaration, shown(path));
  return built;
}

async function build(path: string, manifest: { readonly beside?: unknown }): Promise<BuiltWasm> {
  const file = shown(path);
  const checked = checkWasm(file, read(path), { name: kernelName(path), ...manifest });
  const { name, declaration, bytes: artifact } = checked;
  expectLetterFirst(name, file);
  await startOnce(artifact, file);
  return { name, path: resolve(path), hash: hashOfWasm(artifact), declaration, artifact, kind: "wasm" };
}

const shown = (path: string) => printable(basename(path));

function read(path: string): Uint8Array<ArrayBuffer> {
  return named(path, () => readFile(path, MOST_MODULE_BYTES));
}

/** Empty where there is no such file. */
function manifestBeside(path: string): { readonly beside?: unknown } {
  const beside = join(dirname(path), `${basename(path, extname(path))}.json`);
  const what = `${shown(beside)} beside ${shown(path)}`;
  try {
    return { beside: parseManifest(readFile(beside, MOST_MANIFEST_BYTES), what) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    return named(beside, () => {
      throw error;
    });
  }
}

function readFile(path: string, mostBytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readRegularFile(realpathSync(path), mostBytes));
}
