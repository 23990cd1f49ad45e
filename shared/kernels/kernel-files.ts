/** Kernels from files: artifacts in a folder, `<hash>.cjs` or `<hash>.wasm`, which say themselves what they declare. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { parse, parseJson } from "../validation/parse.ts";
import { loadArtifact } from "./artifact.ts";
import { declare } from "./declare.ts";
import { computeOf } from "./driver.ts";
import { loadWasm } from "./load-wasm.ts";
import type { Kernels, LoadedKernel } from "./loader.ts";
import { locate } from "./locate.ts";

/** `index.json`: the hash of each kernel by its name. Absent where jobs name hashes only. */
const IndexSchema = v.record(v.string(), v.string());

/** These kernels, and those of the folder. Each artifact is loaded once. */
export function withFiles(builtIns: Kernels, folder: string): Kernels {
  const loaded = new Map<string, Promise<LoadedKernel | undefined>>();
  return {
    keys: () => builtIns.keys(),
    get: async (named) => {
      const builtIn = await builtIns.get(named);
      if (builtIn) return builtIn;
      const { name, hash = await hashIn(folder, named.name) } = named;
      if (hash === undefined) return undefined;
      const kernel = loaded.get(hash) ?? loadFile(folder, name, hash);
      loaded.set(hash, kernel);
      return kernel;
    },
  };
}

async function hashIn(folder: string, name: string): Promise<string | undefined> {
  const text = await readIfThere(join(folder, "index.json"));
  if (text === undefined) return undefined;
  const index = parse(IndexSchema, parseJson(text.toString(), "index.json"), "index.json");
  return Object.hasOwn(index, name) ? index[name] : undefined;
}

async function loadFile(folder: string, fileName: string, hash: string): Promise<LoadedKernel | undefined> {
  const code = await readIfThere(join(folder, `${hash}.cjs`));
  if (code) return loadScript(code.toString(), fileName, hash);
  const bytes = await readIfThere(join(folder, `${hash}.wasm`));
  return bytes && loadWasm({ name: fileName, hash, bytes: new Uint8Array(bytes) });
}

function loadScript(code: string, fileName: string, hash: string): LoadedKernel | undefined {
  const source = loadArtifact(code);
  if (source.kind === "task") return undefined;
  const { name, declaration } = declare(source, fileName);
  const plain = computeOf(source, declaration);
  const compute: typeof plain = (window, out) => {
    try {
      plain(window, out);
    } catch (error) {
      throw withLine(error, code);
    }
  };
  return { name, hash, declaration, compute };
}

/** The same error, whose message ends with the line of the user's own file. */
function withLine(error: unknown, code: string): unknown {
  const line = locate(error, code);
  if (line !== undefined && error instanceof Error) error.message = `${error.message} (${line})`;
  return error;
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
