import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/**
 * What a build was made from, kept beside what it made: while none of it changes, neither would the build.
 * @typedef {{ hash: string, inputs: readonly string[], outputs: readonly string[] }} Stamp
 */

/**
 * True where the folder holds a whole build of what the sources are now.
 * @param {string} folder
 */
export function isFresh(folder) {
  try {
    const /** @type {Stamp} */ stamp = JSON.parse(readFileSync(join(folder, "stamp.json"), "utf8"));
    return (
      stamp.hash === hashOf(stamp.inputs) && stamp.outputs.every((output) => existsSync(join(ROOT, output)))
    );
  } catch {
    return false; // there is none, or it was cut short
  }
}

/**
 * Marks a build as whole. Paths are relative to the project.
 * @param {string} folder
 * @param {readonly string[]} inputs
 * @param {readonly string[]} outputs
 */
export function writeStamp(folder, inputs, outputs) {
  writeFileSync(join(folder, "stamp.json"), JSON.stringify({ hash: hashOf(inputs), inputs, outputs }));
}

/** @param {readonly string[]} inputs */
function hashOf(inputs) {
  // An `import` would load all of WebCrypto with it, at each start of the program.
  const hash = process.getBuiltinModule("node:crypto").createHash("sha256");
  for (const input of inputs) {
    const path = join(ROOT, input);
    hash.update(input).update(existsSync(path) ? readFileSync(path) : "");
  }
  return hash.digest("hex");
}
