import { isAbsolute, join } from "node:path";
import { homeFolder } from "../../shared/build/home-folder.js";
import { isFresh } from "./stamp.js";

// Not `import`: it would read each export of the module, and some exports load much unused code.
const { accessSync, constants, existsSync } = process.getBuiltinModule("node:fs");

/**
 * The folder for files built from the checkout in `root`: its dist/. If dist/ is neither built nor writable (the
 * checkout is read-only, or another user's), a folder of this user's, one for each checkout.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} environment
 */
export function distFolder(root, environment = process.env) {
  const own = join(root, "dist");
  if ([own, join(own, "wasm")].every(isWritable) || isFresh(own)) return own;
  const name = process.getBuiltinModule("node:crypto").createHash("sha256").update(root).digest("hex");
  return join(cacheFolder(environment), "manyhands", name.slice(0, 16));
}

/**
 * Whether the folder can be written to, or made.
 * @param {string} folder
 * @returns {boolean}
 */
export function isWritable(folder) {
  if (!existsSync(folder)) return isWritable(join(folder, ".."));
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The folder for caches of this user.
 * @param {NodeJS.ProcessEnv} environment
 */
export function cacheFolder({ XDG_CACHE_HOME: named = "" } = process.env) {
  if (isAbsolute(named)) return named; // the XDG specification says to ignore a relative path
  return join(homeFolder(), process.platform === "darwin" ? "Library/Caches" : ".cache");
}
