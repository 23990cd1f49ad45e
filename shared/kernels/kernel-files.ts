/** Kernels from files: artifacts in a folder, `<hash>.cjs` or `<hash>.wasm`, which say themselves what they declare. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { loadHost } from "#kernel-host";
import { parse, parseJson } from "../validation/parse.ts";
import type { Kernels, LoadedKernel } from "./loader.ts";
import { readIfThere } from "./read-if-there.ts";

/** The hash of each kernel by its name. Absent where jobs name hashes only. */
const INDEX = "index.json";
const IndexSchema = v.record(v.string(), v.string());

/** These kernels, and those of the folder. Each artifact is loaded once. */
export function withFiles(builtIns: Kernels, folder: string): Kernels {
  const loaded = new Map<string, Promise<LoadedKernel | undefined>>();
  return {
    keys: async () => [...(await builtIns.keys()), ...Object.keys((await indexOf(folder)) ?? {})],
    get: async (named) => {
      const builtIn = await builtIns.get(named);
      if (builtIn) return builtIn;
      const { name, hash = (await indexOf(folder))?.[named.name] } = named;
      if (hash === undefined) return undefined;
      // By its name too: the same file under another name is a kernel of that name.
      const key = `${hash} ${name}`;
      const kernel = loaded.get(key) ?? load(folder, name, hash);
      loaded.set(key, kernel);
      // What failed once, a file that could not be read, may work the next time.
      kernel.catch(() => loaded.delete(key));
      return kernel;
    },
  };
}

/** Whether a deployment was made with kernels from files, which lie in this folder. */
export const hasKernels = (folder: string): boolean => existsSync(join(folder, INDEX));

async function load(folder: string, name: string, hash: string): Promise<LoadedKernel | undefined> {
  return (await loadHost(folder))?.loadFile(folder, name, hash);
}

async function indexOf(folder: string): Promise<Readonly<Record<string, string>> | undefined> {
  const text = await readIfThere(join(folder, INDEX));
  return text && parse(IndexSchema, parseJson(text.toString(), INDEX), INDEX);
}
