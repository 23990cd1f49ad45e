/**
 * What it takes to compute with kernels from files: maths with the same bits everywhere, checks of WebAssembly, lines of the user's own file.
 * A bundle of its own, `host.js` beside the artifacts, because a job of a kernel in the program does without.
 */
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { KernelError } from "../../validation/errors.ts";
import { parse, parseJson } from "../../validation/parse.ts";
import { isKernel, loadArtifact } from "../artifact.ts";
import { DeclarationSchema } from "../declaration.ts";
import { declare } from "../declare.ts";
import { computeOf } from "../driver.ts";
import { loadWasm } from "../load-wasm.ts";
import type { LoadedKernel } from "../loader.ts";
import { locate } from "../locate.ts";
import { readIfThere } from "../read-if-there.ts";
import type { Upload } from "../uploads.ts";
import { twinOf } from "../wasm-twin.ts";
import { expectChecked } from "./check-upload.ts";
import { cutDown } from "./cut-down.ts";
import { mapItems } from "./map-items.ts";
import { withStrays } from "./strays.ts";
import { taskOf } from "./task.ts";

/** The kernel with that hash, ready to compute; undefined if the folder lacks it. Throws what its file throws, and InvalidInputError. */
export async function loadFile(
  folder: string,
  fileName: string,
  hash: string,
): Promise<LoadedKernel | undefined> {
  const code = await readIfThere(join(folder, `${hash}.cjs`));
  if (code) {
    const kernel = await loadScript(code.toString(), fileName, hash);
    const twin = !kernel.map && (await readIfThere(join(folder, `${hash}.fast.wasm`)));
    return twin
      ? { ...kernel, fast: twinOf(kernel.declaration, new Uint8Array(twin), "its fast twin") }
      : kernel;
  }
  const bytes = await readIfThere(join(folder, `${hash}.wasm`));
  if (bytes) return loadWasm({ name: fileName, hash, bytes: new Uint8Array(bytes) });
  const what = `${hash}.py.json`;
  const declared = await readIfThere(join(folder, what));
  const declaration = declared && parse(DeclarationSchema, parseJson(declared.toString(), what), what);
  return declaration && { name: fileName, hash, declaration, compute: notHere };
}

/** Splitters and clients know what a file of Python declares; workers of Python compute it. */
function notHere(): never {
  throw new KernelError("Expected a kernel of Python to be computed by a worker of Python, got a call.");
}

/** An uploaded kernel, ready to compute: to be called in a thread of its own. Throws what its file throws, and InvalidInputError. */
export async function loadUpload({ name, hash, kind, code, fast }: Upload): Promise<LoadedKernel> {
  if (kind === "wasm") {
    expectChecked(name, code, hash);
    return loadWasm({ name, hash, bytes: code });
  }
  const text = Buffer.from(code).toString();
  if (isKernel(text)) cutDown();
  const kernel = await loadScript(text, name, hash);
  if (!fast || kernel.map) return kernel;
  expectChecked(name, fast);
  return { ...kernel, fast: twinOf(kernel.declaration, fast, "its fast twin") };
}

export { declareInThread } from "./declare-upload.ts";
export { uploadedKernels } from "./uploaded-kernels.ts";

async function loadScript(code: string, fileName: string, hash: string): Promise<LoadedKernel> {
  const atLoad: Error[] = [];
  const source = withStrays(
    (error) => atLoad.push(error),
    () => loadArtifact(code),
  );
  await turn(); // by then Node has told of them
  if (atLoad[0]) throw withLine(atLoad[0], code);
  const { name, declaration } = declare(source, fileName);
  if (source.kind === "task")
    return { name, hash, declaration, compute: noCells, map: mapItems(taskOf(source.task, code)) };
  const plain = computeOf(source, declaration);
  let strays: Error[] = [];
  const compute: typeof plain = (window, out) => {
    const own: Error[] = [];
    strays = own;
    try {
      withStrays(
        (error) => own.push(error),
        () => plain(window, out),
      );
    } catch (error) {
      throw withLine(error, code);
    }
  };
  const settled = async () => {
    const own = strays;
    await turn();
    if (own[0]) throw withLine(own[0], code);
  };
  return { name, hash, declaration, compute, settled };
}

function noCells(): never {
  throw new KernelError("Expected a kernel, got a task, which maps items and has no cells.");
}

/** The same error, whose message ends with the line of the user's own file. */
function withLine(error: unknown, code: string): unknown {
  const line = locate(error, code);
  if (line !== undefined && error instanceof Error) error.message = `${error.message} (${line})`;
  return error;
}
