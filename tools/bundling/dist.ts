import { extname, join } from "node:path";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { printable } from "../../shared/validation/printable.ts";
import { distFolder, isWritable } from "./dist-folder.js";

/** The built program runs only where all that is built is fresh, see cli/main.js: that need not be found out again. */
export const IS_BUILT = extname(import.meta.filename) === ".js";

/** The checkout, whose sources these are; of no use to the built program. */
export const ROOT = join(import.meta.dirname, "../..");

/** Where what is built lies, the built program too. */
export const DIST = IS_BUILT ? join(import.meta.dirname, "..") : distFolder(ROOT);

/** Throws InvalidInputError where nothing can be built. */
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
