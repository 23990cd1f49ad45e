import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { KERNELS } from "../kernels/registry.ts";
import type { Build } from "./build.ts";

const SHARED = join(import.meta.dirname, "..");
const HASH_CHARACTERS = 16;

/**
 * Of the text, since what a bundler makes of it differs from bundle to bundle. A fast twin is no part of it: it has the bits
 * of the plain kernel.
 */
const build: Build = {
  version: JSON.parse(textOf(join(SHARED, "../package.json"))).version,
  kernels: Object.fromEntries([...KERNELS.keys()].map((name) => [name, hashOf(name)])),
};
export default build;

/** Of the kernel's own file and all that it imports; kernels import from their own folder only. */
function hashOf(kernel: string): string {
  const hash = createHash("sha256");
  for (const [name, text] of [...sourcesOf(`${kernel}.ts`, new Map())].sort())
    hash.update(`${name}\n${text}`);
  return hash.digest("hex").slice(0, HASH_CHARACTERS);
}

function sourcesOf(name: string, found: Map<string, string>): Map<string, string> {
  if (found.has(name)) return found;
  const text = textOf(join(SHARED, "kernels", name));
  found.set(name, text);
  for (const [, imported = ""] of text.matchAll(/\bfrom "\.\/([^"]+)"/g)) sourcesOf(imported, found);
  return found;
}

/** Whatever line ends it was checked out with. */
function textOf(path: string): string {
  return readFileSync(path, "utf8").replaceAll("\r\n", "\n");
}
