import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * A file that bundles load on demand: among the built files where the bundle is one of them, and beside the artifacts in a function's
 * zip. Undefined where there is neither: the zip has no kernels from files.
 */
export const builtFile = (folder: string, name: string): string | undefined =>
  [join(__dirname, "../kernels"), folder].map((each) => join(each, name)).find(existsSync);
