import { join } from "node:path";

// Not `import`: it would read each export of fs, and of crypto below, and some exports load much unused code.
const { readFileSync, statSync, writeFileSync } = process.getBuiltinModule("node:fs");

const ROOT = join(import.meta.dirname, "../..");

/**
 * Records which inputs a build was made from, beside its outputs: while no input changes, a new build would be the
 * same. Files with the recorded size and time are not read again.
 * @typedef {{ hash: string, inputs: readonly string[], seen: readonly string[], outputs: readonly string[] }} Stamp
 */

/**
 * True if the folder holds a complete build of the present sources.
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
    return false; // no stamp, or a truncated one
  }
}

/**
 * Marks a build as complete, unless an input changed since the build began (ms since the epoch): the build may have
 * read either version. An input whose time lies in the future, by a wrong clock or by `touch`, did not change just now.
 * Paths are relative to the project.
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
 * A file's size and time of change; empty if there is no such file.
 * @param {string} path
 */
function look(path) {
  // Not join(): it would double the time that 400 files take.
  const found = statSync(`${ROOT}/${path}`, { throwIfNoEntry: false });
  return found ? `${found.size} ${found.mtimeMs}` : "";
}

/** @param {readonly string[]} inputs */
function hashOf(inputs) {
  const hash = process.getBuiltinModule("node:crypto").createHash("sha256");
  for (const input of inputs) hash.update(input).update(look(input) ? readFileSync(join(ROOT, input)) : "");
  return hash.digest("hex");
}
