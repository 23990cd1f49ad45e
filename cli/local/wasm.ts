import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Folder } from "../../shared/stores/folder.ts";
import { isFresh, writeStamp } from "./stamp.js";

/** The fast twins' WebAssembly, built from shared/kernels/wasm/ where that changed since the last time. */
const ROOT = join(import.meta.dirname, "../..");
const SOURCES = "shared/kernels/wasm";
const FOLDER = "dist/wasm";
const FILE = "kernels.wasm";

/** Where it lies once `ensureWasm` was called. */
export const WASM_FILE = join(ROOT, FOLDER, FILE);

/** What it is made from, relative to the project. */
export function wasmInputs(): string[] {
  const sources = readdirSync(join(ROOT, SOURCES)).map((name) => `${SOURCES}/${name}`);
  return [...sources, "cli/local/wasm.ts", "package-lock.json"];
}

/** Builds where need be: in a process of its own, since importing modules must wait and the compiler is asynchronous. */
export function ensureWasm(): void {
  if (isFresh(join(ROOT, FOLDER))) return;
  execFileSync(process.execPath, [join(ROOT, "cli/local/wasm.ts")], {
    stdio: ["ignore", "ignore", "inherit"], // stdout is the result of --json
  });
}

async function build(): Promise<void> {
  const beganAtMs = Date.now();
  const { default: asc } = await import("assemblyscript/asc");
  // Another process may be building, or reading, the same: it sees the old file or the new one.
  const folder = new Folder({ "": join(ROOT, FOLDER) });
  const inputs = wasmInputs();
  const { error, stderr } = await asc.main(
    ["kernels.ts", "--config", "asconfig.json", "--baseDir", join(ROOT, SOURCES), "--outFile", FILE],
    { writeFile: (_, contents) => folder.write(FILE, Buffer.from(contents)) },
  );
  if (error) throw new Error(`Expected ${SOURCES} to compile:\n${stderr.toString()}`);
  writeStamp(join(ROOT, FOLDER), beganAtMs, inputs, [`${FOLDER}/${FILE}`]);
}

// Not awaited: a module that awaits makes those that import it asynchronous, and V8 aborts the process where a thread that
// loads such modules is terminated at the wrong moment.
if (import.meta.main && !isFresh(join(ROOT, FOLDER))) {
  build().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
