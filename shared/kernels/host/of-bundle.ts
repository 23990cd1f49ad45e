/** The module `#kernel-host` in a bundle, see `imports` in package.json. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** Undefined where the folder has no kernels. */
export const loadHost = async (folder: string): Promise<typeof import("./host.ts") | undefined> => {
  const path = join(folder, "host.js");
  return existsSync(path) ? createRequire(path)(path) : undefined;
};

/** The text of a thread's program that calls one of the host's functions. */
export const hostProgram = (folder: string, call: string) =>
  `require(${JSON.stringify(join(folder, "host.js"))}).${call}()`;
