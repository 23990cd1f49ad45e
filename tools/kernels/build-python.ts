/** From a user's file of Python to an artifact: the file itself, and what it declares. */
import { createHash } from "node:crypto";
import { basename, resolve } from "node:path";
import { checkSource } from "../../shared/kernels/check-declaration.ts";
import { declare } from "../../shared/kernels/declare.ts";
import { readRegularFile } from "../../shared/ports/file/regular-file.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { printable } from "../../shared/validation/printable.ts";
import { kernelName } from "./build-kernel.ts";
import { askPython, pythonFor } from "./python.ts";
import { expectLetterFirst, named, realFile } from "./read-source.ts";

/** A file may import packages that take long where the disk is cold. */
const MOST_LOAD_MS = 60_000;
const MOST_BYTES = 1_000_000;

/** Loads the file once, in a process of Python. Throws InvalidInputError: one sentence that names the file, and the line where there is one. */
export async function buildPython(path: string, asked: string | undefined) {
  const file = printable(basename(path));
  const real = realFile(path);
  const artifact = named(path, () => readRegularFile(real, MOST_BYTES));
  const python = pythonFor(resolve(path), asked);
  const [answer] = await askPython({
    ...{ python, file, arguments: ["describe", resolve(path)] },
    signal: AbortSignal.timeout(MOST_LOAD_MS),
  });
  const { outline, hash, sha256, lacks } = answer as unknown as Described;
  if (sha256 !== createHash("sha256").update(artifact).digest("hex"))
    throw new InvalidInputError(file, "a file that stays as it is", "one that changed while it was read");
  const source = checkSource(outline, file);
  const { name, declaration } = declare(source, kernelName(path));
  expectLetterFirst(name, file);
  return {
    ...{ name, path: resolve(path), hash, artifact },
    declaration: { ...declaration, language: "python" as const },
    python: { interpreter: python, lacks },
  };
}

interface Described {
  readonly outline: unknown;
  readonly hash: string;
  readonly sha256: string;
  /** Packages that computing with it needs, beside those that it imports. */
  readonly lacks: readonly string[];
}
