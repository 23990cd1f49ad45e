import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { Worker } from "node:worker_threads";
import { Folder } from "../../shared/ports/file/folder.ts";
import { DIST, expectWritable, IS_BUILT, ROOT } from "./dist.ts";
import { isFresh, writeStamp } from "./stamp.js";

/** The fast twins' WebAssembly, built from shared/kernels/wasm/ where that changed since the last time. */
const SOURCES = "shared/kernels/wasm";
const FOLDER = join(DIST, "wasm");
const FILE = "kernels.wasm";

/** Where it lies once `ensureWasm` was called. */
export const WASM_FILE = join(FOLDER, FILE);

/** What it is made from, relative to the project. */
export function wasmInputs(): string[] {
  const sources = readdirSync(join(ROOT, SOURCES)).map((name) => `${SOURCES}/${name}`);
  return [...sources, "tools/bundling/wasm.ts", "package-lock.json"];
}

/**
 * Builds where need be, after `onBuild`: in a process of its own, since kernels must wait and the compiler is asynchronous. Throws
 * InvalidInputError where nothing can be written.
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
  // Another process may be building, or reading, the same: it sees the old file or the new one.
  const folder = new Folder({ "": FOLDER });
  const inputs = wasmInputs();
  const { error, stderr } = await asc.main(
    ["kernels.ts", "--config", "asconfig.json", "--baseDir", join(ROOT, SOURCES), "--outFile", FILE],
    { writeFile: (_, contents) => folder.write(FILE, Buffer.from(contents)) },
  );
  if (error) throw new Error(`Expected ${SOURCES} to compile:\n${stderr.toString()}`);
  writeStamp(FOLDER, beganAtMs, inputs, [relative(ROOT, WASM_FILE)]);
}

/** In a thread, as the compiler keeps this one busy; and not by guard.js, as the parent waits and does nothing. */
function endWith(parent: number): void {
  const look = `setInterval(() => process.ppid === ${parent} || process.kill(process.pid, "SIGKILL"), 200)`;
  new Worker(look, { eval: true }).unref();
}

// Not awaited: a module that awaits makes those that import it asynchronous, and V8 aborts the process where a thread that
// loads such modules is terminated at the wrong moment.
if (import.meta.main && !isFresh(FOLDER)) {
  build(Number(process.argv[2] ?? 0)).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
