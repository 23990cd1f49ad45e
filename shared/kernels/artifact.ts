/** An artifact: a user's file with all that it imports, as one CommonJS text. tools/kernels/ builds it, workers load it. */
import { InvalidInputError, KernelError } from "../validation/errors.ts";
import type { KernelSource, TaskSource } from "./authoring.ts";
import { DRIVER_VERSION } from "./driver-version.ts";
import { MATHS_VERSION } from "./maths/index.ts";
import { PURE_GLOBALS, PURE_NAMES } from "./pure-globals.ts";
import { builtinForTasks, taskProcess } from "./task-process.ts";

/** A kernel sees what pure-globals.ts has, a task sees Node. */
export type ArtifactKind = "kernel" | "task";

/** The first line of an artifact, without its line end. */
export const headOf = (kind: ArtifactKind) =>
  `// manyhands ${kind}, driver ${DRIVER_VERSION}, maths ${MATHS_VERSION}`;

/** The lines that `new Function` puts before an artifact's first one. */
export const LINES_BEFORE = 2;

/**
 * What the artifact's file exports: its declaration with `point`, `fill` or `task`. Throws InvalidInputError if the artifact
 * is of another version of the driver or the maths, which would give other bits under the same hash, and what the file
 * itself throws.
 */
export function loadArtifact(code: string): KernelSource | TaskSource {
  const exported = exportedBy(code) as KernelSource | TaskSource;
  if (exported?.kind === "kernel" || exported?.kind === "task") return exported;
  throw new InvalidInputError(
    "the kernel's artifact",
    "one that exports a kernel or a task",
    typeof exported,
  );
}

/** The same, whatever the file exports: where it is loaded for the first time. */
export function exportedBy(code: string): unknown {
  const kind = kindOf(code);
  const module = { exports: {} as { readonly default?: unknown; readonly kind?: unknown } };
  const run = kind === "task" ? runnable(code, []) : runnable(code, PURE_NAMES)(...PURE_GLOBALS);
  if (kind === "task")
    run.call(module.exports, module, module.exports, nodeModule, consoleOnStderr(), taskProcess);
  else run.call(module.exports, module, module.exports, noModule);
  const { exports } = module;
  return exports?.kind === "kernel" || exports?.kind === "task" ? exports : exports?.default;
}

type Run = (
  this: unknown,
  module: object,
  exports: object,
  require: (name: string) => unknown,
  console?: Console,
  process?: NodeJS.Process,
) => void;

/** What a task prints must not stand among a command's results, on stdout. */
function consoleOnStderr(): Console {
  const { Console } = process.getBuiltinModule("node:console");
  return new Console(process.stderr, process.stderr);
}

/**
 * A kernel runs in strict mode, for only there is `this` of a plain call not the true global. The parameters lie outside,
 * since strict mode has none called `eval`.
 */
function runnable(code: string, names: readonly []): Run;
function runnable(code: string, names: readonly string[]): (...values: readonly unknown[]) => Run;
function runnable(code: string, names: readonly string[]) {
  if (names.length === 0) return new Function("module", "exports", "require", "console", "process", code);
  return new Function(...names, `return function (module, exports, require) { "use strict"; ${code}\n};`);
}

/** Whether the artifact is a kernel's, by its first line alone. */
export const isKernel = (code: string): boolean => code.startsWith(`${headOf("kernel")}\n`);

function kindOf(code: string): ArtifactKind {
  const head = code.slice(0, code.indexOf("\n"));
  const kind = (["kernel", "task"] as const).find((each) => head === headOf(each));
  if (kind) return kind;
  const known = headOf("kernel").replace(/.*kernel, /, "");
  throw new InvalidInputError(
    "the kernel's artifact",
    `built for this version (${known})`,
    JSON.stringify(head.slice(0, 80)),
    "Deploy again, or build it again.",
  );
}

/** The command that builds an artifact refuses the import, with its line; this is for a name made at run time. */
function noModule(name: string): never {
  throw new KernelError(`Expected a kernel to import nothing while it runs, got ${name}.`);
}

function nodeModule(name: string): unknown {
  const found = builtinForTasks(name);
  if (found) return found;
  throw new KernelError(`Expected a task to import one of Node's modules while it runs, got ${name}.`);
}
