/** The module `#kernel-host` in a bundle, see `imports` in package.json. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/**
 * What loads kernels from files: among the built files where the bundle is one of them, and beside the artifacts in a function's zip.
 * Undefined where there is neither: the zip has no kernels from files.
 */
export const loadHost = async (folder: string): Promise<typeof import("./host.ts") | undefined> => {
  const path = [join(__dirname, "../kernels"), folder].map((each) => join(each, "host.js")).find(existsSync);
  return path === undefined ? undefined : createRequire(path)(path);
};

/** The text of a thread's program that calls one of the host's functions. */
export const hostProgram = (folder: string, call: string) =>
  `require(${JSON.stringify(join(folder, "host.js"))}).${call}()`;
