import { createHash } from "node:crypto";
import { dirname, relative, sep } from "node:path";
import { DRIVER_VERSION } from "../../shared/kernels/driver-version.ts";
import { MATHS_VERSION } from "../../shared/kernels/maths/index.ts";

/**
 * What a kernel's bits depend on, as 64 hexadecimal characters: the text of its file and of all imports, our maths and
 * our driver. Paths are relative, so a folder may move; esbuild's output is left out, so esbuild may change.
 */
export function sourceHash(
  path: string,
  sources: ReadonlyMap<string, string>,
  versions = { driver: DRIVER_VERSION, maths: MATHS_VERSION },
): string {
  // Sorted as a whole: two versions of a package, one within another's node_modules, have files of the same names.
  const entries = [...sources].map(([source, text]) => JSON.stringify([nameOf(source, path), text])).sort();
  return createHash("sha256")
    .update(JSON.stringify([versions, entries]))
    .digest("hex");
}

const PACKAGES = "node_modules/";

/** Relative to the kernel's file, which has no name of its own here, or to the innermost node_modules: wherever above the file that lies. */
function nameOf(source: string, path: string): string {
  if (source === path) return "";
  const name = relative(dirname(path), source).split(sep).join("/");
  const at = name.lastIndexOf(PACKAGES);
  return at < 0 ? name : name.slice(at);
}
