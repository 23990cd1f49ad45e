import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { KERNELS } from "../kernels/registry.ts";
import type { Build } from "./build.ts";

const SHARED = join(import.meta.dirname, "..");
const HASH_CHARACTERS = 16;

/**
 * Hashes the source text, because bundled code differs from bundle to bundle. The fast twins are left out: they have
 * the bits of the plain kernel.
 */
const build: Build = {
  version: JSON.parse(textOf(join(SHARED, "../package.json"))).version,
  kernels: Object.fromEntries([...KERNELS.keys()].map((name) => [name, hashOf(name)])),
};
export default build;

/** A hash of the kernel's own file and of all its imports; kernels import from their own folder only. */
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

/** The text with any line ends turned into LF. */
function textOf(path: string): string {
  return readFileSync(path, "utf8").replaceAll("\r\n", "\n");
}
