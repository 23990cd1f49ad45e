import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { Worker } from "node:worker_threads";
import { Folder } from "../../shared/ports/file/folder.ts";
import { DIST, expectWritable, IS_BUILT, ROOT } from "./dist.ts";
import { isFresh, writeStamp } from "./stamp.js";

/** The fast twins' WebAssembly is built from shared/kernels/wasm/ when that changed since the last build. */
const SOURCES = "shared/kernels/wasm";
const FOLDER = join(DIST, "wasm");
const FILE = "kernels.wasm";

/** The path of the built file; it exists after `ensureWasm`. */
export const WASM_FILE = join(FOLDER, FILE);

/** The sources of the build, relative to the project. */
export function wasmInputs(): string[] {
  const sources = readdirSync(join(ROOT, SOURCES)).map((name) => `${SOURCES}/${name}`);
  return [...sources, "tools/bundling/wasm.ts", "package-lock.json"];
}

/**
 * Builds if need be, after calling `onBuild`. The build runs in a process of its own, because kernels load
 * synchronously and the compiler is asynchronous. Throws InvalidInputError if the file cannot be written.
 */
export function ensureWasm(onBuild?: () => void): void {
  if (IS_BUILT || isFresh(FOLDER)) return;
  expectWritable(FOLDER);
  onBuild?.();
  execFileSync(process.execPath, [join(ROOT, "tools/bundling/wasm.ts"), `${process.pid}`], {
    stdio: ["ignore", "ignore", "inherit"], // stdout is the result of --json
  });
}

async function build(parent: number): Promise<void> {
  if (parent) endWith(parent);
  const beganAtMs = Date.now();
  const { default: asc } = await import("assemblyscript/asc");
  // Another process may be building, or reading, the same file: it sees either the old one or the new one.
  const folder = new Folder({ "": FOLDER });
  const inputs = wasmInputs();
  const { error, stderr } = await asc.main(
    ["kernels.ts", "--config", "asconfig.json", "--baseDir", join(ROOT, SOURCES), "--outFile", FILE],
    { writeFile: (_, contents) => folder.write(FILE, Buffer.from(contents)) },
  );
  if (error) throw new Error(`Expected ${SOURCES} to compile:\n${stderr.toString()}`);
  writeStamp(FOLDER, beganAtMs, inputs, [relative(ROOT, WASM_FILE)]);
}

/**
 * Ends this process with its parent. In a thread, because the compiler keeps the main one busy; not by guard.js,
 * because the parent is blocked and sends nothing.
 */
function endWith(parent: number): void {
  const look = `setInterval(() => process.ppid === ${parent} || process.kill(process.pid, "SIGKILL"), 200)`;
  new Worker(look, { eval: true }).unref();
}

// Not awaited: a module that awaits makes its importers asynchronous, and V8 aborts the process when a thread that
// loads such modules is terminated at the wrong moment.
if (import.meta.main && !isFresh(FOLDER)) {
  build(Number(process.argv[2] ?? 0)).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
