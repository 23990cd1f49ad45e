import { createHash } from "node:crypto";
import { dirname, relative, sep } from "node:path";
import { DRIVER_VERSION } from "../../shared/kernels/driver-version.ts";
import { MATHS_VERSION } from "../../shared/kernels/maths/index.ts";

/**
 * What a kernel's bits depend on, as 64 hexadecimal characters: the text of its file and of all imports, our maths and
 * our driver. Paths are relative, so a folder may move; esbuild's output is left out, so esbuild may change.
 */
export function sourceHash(path: string, sources: ReadonlyMap<string, string>): string {
  const hash = createHash("sha256").update(JSON.stringify([DRIVER_VERSION, MATHS_VERSION]));
  const texts = [...sources].map(([source, text]) => [nameOf(source, path), text] as const);
  for (const entry of texts.sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(JSON.stringify(entry));
  return hash.digest("hex");
}

const PACKAGES = "node_modules/";

/** Relative to the kernel's file, or to the innermost node_modules: wherever above the file that lies. */
function nameOf(source: string, path: string): string {
  const name = relative(dirname(path), source).split(sep).join("/");
  const at = name.lastIndexOf(PACKAGES);
  return at < 0 ? name : name.slice(at);
}
