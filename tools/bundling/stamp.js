import { join } from "node:path";

// An `import` would read each export of it, and of crypto below, and some of those load much that nobody asked for.
const { readFileSync, statSync, writeFileSync } = process.getBuiltinModule("node:fs");

const ROOT = join(import.meta.dirname, "../..");

/**
 * What a build was made from, kept beside what it made: while none of it changes, neither would the build. Files with
 * the size and time they had then are not read again.
 * @typedef {{ hash: string, inputs: readonly string[], seen: readonly string[], outputs: readonly string[] }} Stamp
 */

/**
 * True where the folder holds a whole build of what the sources are now.
 * @param {string} folder
 */
export function isFresh(folder) {
  try {
    const /** @type {Stamp} */ { hash, inputs, seen, outputs } = JSON.parse(
        readFileSync(join(folder, "stamp.json"), "utf8"),
      );
    if (!outputs.every((output) => look(output))) return false;
    return inputs.every((input, k) => look(input) === seen[k]) || hash === hashOf(inputs);
  } catch {
    return false; // there is none, or it was cut short
  }
}

/**
 * Marks a build as whole, unless an input was changed since it began (ms since the epoch): who knows which of the two it
 * read. One whose time is yet to come, by a clock that was wrong or by `touch`, was not changed just now. Paths are relative
 * to the project.
 * @param {string} folder
 * @param {number} beganAtMs
 * @param {readonly string[]} inputs
 * @param {readonly string[]} outputs
 */
export function writeStamp(folder, beganAtMs, inputs, outputs) {
  const changedAtMs = inputs.map(
    (input) => statSync(join(ROOT, input), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  const nowMs = Date.now();
  if (changedAtMs.some((ms) => ms >= beganAtMs && ms <= nowMs)) return;
  const /** @type {Stamp} */ stamp = { hash: hashOf(inputs), inputs, seen: inputs.map(look), outputs };
  writeFileSync(join(folder, "stamp.json"), JSON.stringify(stamp));
}

/**
 * A file's size and time of change; empty where there is none.
 * @param {string} path
 */
function look(path) {
  const found = statSync(join(ROOT, path), { throwIfNoEntry: false });
  return found ? `${found.size} ${found.mtimeMs}` : "";
}

/** @param {readonly string[]} inputs */
function hashOf(inputs) {
  const hash = process.getBuiltinModule("node:crypto").createHash("sha256");
  for (const input of inputs) hash.update(input).update(look(input) ? readFileSync(join(ROOT, input)) : "");
  return hash.digest("hex");
}
