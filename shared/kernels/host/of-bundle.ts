/** The module `#kernel-host` in a bundle, see `imports` in package.json. */
import { createRequire } from "node:module";
import { builtFile } from "./built-file.ts";

/** What loads kernels from files; undefined where the zip has none. */
export const loadHost = async (folder: string): Promise<typeof import("./host.ts") | undefined> => {
  const path = builtFile(folder, "host.js");
  return path === undefined ? undefined : createRequire(path)(path);
};

/** The text of a thread's program that calls one of the host's functions. */
export const hostProgram = (folder: string, call: string) =>
  `require(${JSON.stringify(builtFile(folder, "host.js"))}).${call}()`;
