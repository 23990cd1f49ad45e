import { extname, join } from "node:path";
import BUILD from "#build";
import { IS_PACKAGE } from "../../shared/build/commands.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { printable } from "../../shared/validation/printable.ts";
import { distFolder, isWritable } from "./dist-folder.js";
import { madeFolder } from "./made-folder.ts";

/** The built program starts only when the whole build is fresh, see cli/main.js: it need not check again. */
export const IS_BUILT = extname(import.meta.filename) === ".js";

/** The checkout with these sources; the built program has no use for it. */
export const ROOT = join(import.meta.dirname, "../..");

/** Where what is built lies, the built program too. */
export const DIST = IS_BUILT ? join(import.meta.dirname, "..") : distFolder(ROOT);

/** The checkout, whose bundles lie in dist/ or, where that cannot be written, elsewhere: then, for the built program, a folder without it. */
export const CHECKOUT = IS_BUILT ? join(DIST, "..") : ROOT;

/** Where the files of a new project lie, see tools/init/project-files.ts. */
export const TEMPLATE = IS_BUILT ? join(DIST, "template") : join(ROOT, "tools/init/template");

/** Where files lie that a running program makes. The npm package writes none beside its own: an installed package stays as it was installed. */
const MADE = IS_PACKAGE ? madeFolder(BUILD.version) : DIST;

/** Where the artifacts of kernels from files lie. */
export const KERNEL_FILES = join(MADE, "kernels");
/** Where functions for kernels in Python lie, which a deployment takes; it may be deleted while none is made. */
export const PYTHON_FUNCTIONS = join(MADE, "python");
/** What loads them, among the built files. */
export const KERNEL_HOST = join(DIST, "kernels/host.js");

/** What opens a Redis for the bundles of stages, among the built files. */
export const REDIS_HUB = join(DIST, "redis/hub.js");

/** Where Node keeps the compiled code of the bundles in a folder. */
export const compiledOf = (bundles: string): string => join(IS_PACKAGE ? MADE : bundles, "cache");

/** The program that puts kernels from files into a deployment. */
export const DEPLOYMENT_PROGRAM = IS_BUILT
  ? join(DIST, "cli/deploy.js")
  : join(ROOT, "tools/kernels/deploy.ts");

/** Throws InvalidInputError if the folder cannot be written. */
export function expectWritable(folder: string): void {
  if (isWritable(folder)) return;
  const tried = IS_PACKAGE ? [folder] : [...new Set([join(ROOT, "dist"), folder])];
  throw new InvalidInputError(
    "the folder for what is built",
    "one that can be written to",
    tried.map(printable).join(" and "),
    `XDG_CACHE_HOME can name ${IS_PACKAGE ? "another folder" : "a folder for the second"}.`,
  );
}
