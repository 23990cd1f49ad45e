/** From any file that a user names to an artifact in the folder of kernels: the command line, and a deployment, load it from there. */
import { createHash } from "node:crypto";
import { extname } from "node:path";
import type { Declaration } from "../../shared/kernels/declaration.ts";
import { Folder } from "../../shared/ports/file/folder.ts";
import { expectWritable, KERNEL_FILES } from "../bundling/dist.ts";
import { buildKernel } from "./build-kernel.ts";

/** A kernel whose artifact lies in the folder, as `<hash>.cjs`, `<hash>.wasm` or `<hash>.py`. */
export interface BuiltFile {
  readonly name: string;
  /** Absolute, as the user named it. */
  readonly path: string;
  readonly hash: string;
  readonly declaration: Declaration;
  /** The artifact's files in the folder: its twin too, where it names one. */
  readonly files: readonly string[];
  /** Where the file is Python: the interpreter that computes it, and the packages that it lacks to do so. */
  readonly python?: { readonly interpreter: string; readonly lacks: readonly string[] };
}

export interface BuildFileOptions {
  readonly onBuild?: (() => void) | undefined;
  /** The interpreter for a file of Python. */
  readonly python?: string | undefined;
}

/** Throws InvalidInputError: one sentence that names the file, and the line where there is one. */
export async function buildFile(
  path: string,
  { onBuild, python }: BuildFileOptions = {},
): Promise<BuiltFile> {
  if (extname(path) === ".py") {
    const { artifact, ...built } = await (await import("./build-python.ts")).buildPython(path, python);
    const declared = Buffer.from(JSON.stringify(built.declaration));
    return { ...built, files: [keep(`${built.hash}.py.json`, declared), keep(`${built.hash}.py`, artifact)] };
  }
  if (extname(path) === ".wasm") {
    const { buildWasm } = await import("./build-wasm.ts");
    const { artifact, kind, ...built } = await buildWasm(path);
    return { ...built, files: [keep(`${built.hash}.wasm`, artifact)] };
  }
  const { artifact, kind, fast, ...built } = await buildKernel(path, { onBuild });
  if (fast === undefined) return { ...built, files: [`${built.hash}.cjs`] };
  const { buildTwin } = await import("./build-wasm.ts");
  const twin = await buildTwin(fast, built.declaration);
  // The twin computes the job's cells: a job goes on only with the twin that it began with.
  const hash = createHash("sha256").update(`${built.hash} ${twin.hash}`).digest("hex");
  const files = [keep(`${hash}.cjs`, Buffer.from(artifact)), keep(`${hash}.fast.wasm`, twin.artifact)];
  return { ...built, hash, files };
}

function keep(name: string, artifact: Uint8Array): string {
  expectWritable(KERNEL_FILES);
  const folder = new Folder({ "": KERNEL_FILES });
  const before = folder.read(name);
  if (!before || Buffer.compare(before, artifact) !== 0) folder.write(name, artifact);
  return name;
}
