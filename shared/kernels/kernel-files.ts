/** Kernels from files: artifacts in a folder, `<hash>.cjs` or `<hash>.wasm`, each beside `<hash>.json`, which says what it is. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { parse, parseJson } from "../validation/parse.ts";
import { loadArtifact } from "./artifact.ts";
import { DeclarationSchema } from "./declaration.ts";
import { computeOf } from "./driver.ts";
import type { KernelName, Kernels, LoadedKernel } from "./loader.ts";

/** `<hash>.json`. */
export const KernelFileSchema = v.object({
  name: v.string(),
  hash: v.string(),
  kind: v.picklist(["js", "wasm"]),
  declaration: DeclarationSchema,
});
export type KernelFile = v.InferOutput<typeof KernelFileSchema>;

/** `index.json`: the hash of each kernel by its name. Absent where jobs name hashes only. */
const IndexSchema = v.record(v.string(), v.string());

/** These kernels, and those of the folder. Each artifact is loaded once. */
export function withFiles(builtIns: Kernels, folder: string): Kernels {
  const loaded = new Map<string, Promise<LoadedKernel | undefined>>();
  const load = (hash: string) => {
    const before = loaded.get(hash) ?? loadKernelFile(folder, hash);
    loaded.set(hash, before);
    return before;
  };
  return {
    keys: () => builtIns.keys(),
    get: async (named: KernelName) => {
      const builtIn = await builtIns.get(named);
      if (builtIn) return builtIn;
      const hash = named.hash ?? (await indexOf(folder))?.[named.name];
      const kernel = hash === undefined ? undefined : await load(hash);
      return kernel?.name === named.name ? kernel : undefined;
    },
  };
}

async function indexOf(folder: string) {
  const text = await readText(join(folder, "index.json"));
  return text === undefined ? undefined : parse(IndexSchema, parseJson(text, "index.json"), "index.json");
}

async function loadKernelFile(folder: string, hash: string): Promise<LoadedKernel | undefined> {
  const path = join(folder, `${hash}.json`);
  const text = await readText(path);
  if (text === undefined) return undefined;
  const { name, declaration } = parse(KernelFileSchema, parseJson(text, path), path);
  const code = loadArtifact(await readFile(join(folder, `${hash}.cjs`), "utf8"));
  return { name, hash, declaration, compute: computeOf(code, declaration) };
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
