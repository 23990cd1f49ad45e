/** From a user's file to an artifact: what workers load, and what the command line knows of it. */
import { basename, dirname, extname, resolve } from "node:path";
import type { ArtifactKind } from "../../shared/kernels/artifact.ts";
import { checkSource } from "../../shared/kernels/check-declaration.ts";
import type { Declaration } from "../../shared/kernels/declaration.ts";
import { declare } from "../../shared/kernels/declare.ts";
import { tailOf } from "../../shared/kernels/locate.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { printable } from "../../shared/validation/printable.ts";
import { keepKernel, keptKernel } from "./artifact-cache.ts";
import { bundleKernel } from "./bundle-kernel.ts";
import { type LoadLimits, loadOnce } from "./load-once.ts";
import { expectLetterFirst, readSource, realFile } from "./read-source.ts";
import { sourceHash } from "./source-hash.ts";

export interface BuiltKernel {
  readonly name: string;
  /** Absolute, as the user named it: a link stays a link. */
  readonly path: string;
  /** What its bits depend on, see source-hash.ts. */
  readonly hash: string;
  readonly declaration: Declaration;
  /** For `loadArtifact`. */
  readonly artifact: string;
  /** The absolute path of the compiled twin that it names. */
  readonly fast?: string;
  readonly kind: "js";
}

export interface BuildKernelOptions {
  /** Called before a file is evaluated that is new, or has changed. */
  readonly onBuild?: (() => void) | undefined;
  readonly limits?: LoadLimits | undefined;
  /** Where artifacts are kept; by default among what is built. */
  readonly folder?: string | undefined;
}

/**
 * Builds the kernel or task that a file exports (.ts .mts .cts .js .mjs .cjs). A file that did not change is bundled
 * again, which takes some ms, and not evaluated. Throws InvalidInputError: one sentence that names the file, and the line where there is one.
 */
export async function buildKernel(path: string, options: BuildKernelOptions = {}): Promise<BuiltKernel> {
  const file = realFile(path);
  const text = readSource(file);
  if (text.trim() === "")
    throw new InvalidInputError(printable(basename(path)), "a kernel's file", "an empty one");
  const guess: ArtifactKind = looksLikeTask(text) ? "task" : "kernel";
  const built = await build(file, guess, options);
  const made = built.source.kind === guess ? built : await build(file, built.source.kind, options);
  const { artifact, hash, source } = made;
  const { name, declaration } = declare(source, kernelName(path));
  expectLetterFirst(name, printable(basename(path)));
  const fast = source.kind === "kernel" && source.fast ? resolve(dirname(file), source.fast) : undefined;
  return { name, path: resolve(path), hash, declaration, artifact, ...(fast && { fast }), kind: "js" };
}

/** The artifact of a file as what it says, or seems, to be. Throws as bundleKernel does. */
export async function artifactOf(file: string, kind: ArtifactKind) {
  const { code, map, sources } = await bundleKernel(file, kind);
  const hash = sourceHash(file, sources);
  return { hash, artifact: `${code}\n${tailOf(`manyhands-${hash.slice(0, 16)}`, map)}` };
}

async function build(file: string, kind: ArtifactKind, { folder, limits, onBuild }: BuildKernelOptions) {
  const { hash, artifact } = await artifactOf(file, kind);
  const name = printable(basename(file));
  const kept = keptKernel(hash, artifact, folder);
  if (kept !== undefined) return { hash, artifact, source: checkSource(kept, name) };
  onBuild?.();
  const outline = await loadOnce(artifact, name, limits);
  const source = checkSource(outline, name);
  if (source.kind === kind) keepKernel(hash, artifact, outline, folder);
  return { hash, artifact, source };
}

/**
 * A guess from the text, so that most files are built once: the export decides, and a wrong guess costs a second build. A file that has
 * the word `task` and does not call `kernel(` is built as a task first. The other guess would be worse: a task that is built as a kernel
 * fails where it asks for Node, while a kernel that is built as a task loads, and says what it is.
 */
function looksLikeTask(text: string): boolean {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
  return /\btask\b/.test(code) && !/\bkernel\s*\(/.test(code);
}

/** A kernel's name from its file's: `Black Scholes.ts` is `black-scholes`. */
export function kernelName(path: string): string {
  const name = basename(path, extname(path)).toLowerCase();
  return name
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
}
