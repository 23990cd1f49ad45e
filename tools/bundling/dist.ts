import { extname, join } from "node:path";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { printable } from "../../shared/validation/printable.ts";
import { distFolder, isWritable } from "./dist-folder.js";

/** The built program starts only when the whole build is fresh, see cli/main.js: it need not check again. */
export const IS_BUILT = extname(import.meta.filename) === ".js";

/** The checkout with these sources; the built program has no use for it. */
export const ROOT = join(import.meta.dirname, "../..");

/** Where what is built lies, the built program too. */
export const DIST = IS_BUILT ? join(import.meta.dirname, "..") : distFolder(ROOT);

/** Where the artifacts of kernels from files lie, and what loads them. */
export const KERNEL_FILES = join(DIST, "kernels");
export const KERNEL_HOST = join(DIST, "kernels/host.js");

/** The program that puts kernels from files into a deployment. */
export const DEPLOYMENT_PROGRAM = IS_BUILT
  ? join(DIST, "cli/deploy.js")
  : join(ROOT, "tools/kernels/deploy.ts");

/** Throws InvalidInputError if the folder cannot be written. */
export function expectWritable(folder: string): void {
  if (isWritable(folder)) return;
  const own = join(ROOT, "dist");
  throw new InvalidInputError(
    "the folder for what is built",
    "one that can be written to",
    [...new Set([own, folder])].map(printable).join(" and "),
    "XDG_CACHE_HOME can name a folder for the second.",
  );
}
