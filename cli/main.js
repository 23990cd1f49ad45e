#!/usr/bin/env node
import { join } from "node:path";

const OLDEST_NODE = 24;

// This file and its imports are JavaScript that runs on older versions too: without npm, the Node on the path need not
// be the project's. The oldest versions have no import.meta.filename.
if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  const { handOver } = await import("./hand-over.js");
  const { fileURLToPath } = await import("node:url");
  const node = fileURLToPath(new URL("../node_modules/node/bin/node", import.meta.url));
  handOver(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)]);
} else {
  const root = join(import.meta.dirname, "..");
  const { isFresh } = await import("../tools/bundling/stamp.js");
  let dist = join(root, "dist");
  let isBuilt = isFresh(dist);
  if (!isBuilt) {
    dist = (await import("../tools/bundling/dist-folder.js")).distFolder(root);
    isBuilt = isFresh(dist);
  }
  // Loading TypeScript costs a tenth of a second. If nothing has changed since the last build, the built program does
  // the same without. Its compiled code is kept for the next start.
  process.getBuiltinModule("node:module").enableCompileCache(join(dist, "cache"));
  const { main } = isBuilt
    ? await builtProgram(join(dist, "cli/program.js"))
    : await import("./program.ts").catch(refuse);
  await main();
}

/**
 * @param {string} file
 * @returns {Promise<{ main: () => Promise<void> }>}
 */
async function builtProgram(file) {
  const { loadCompiled } = await import("../tools/bundling/load-compiled.js");
  const [command = "", ...options] = process.argv.slice(2);
  const at = options.findIndex((option) => option === "--engine" || option === "-e");
  return loadCompiled(file, at < 0 ? command : `${command} ${options[at + 1]}`).exports;
}

/**
 * Explains a checkout without its packages, or with packages other than the lock file's.
 * @param {NodeJS.ErrnoException} error
 * @returns {never}
 */
function refuse(error) {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  process.stderr.write(`Expected the packages that npm ci installs, got ${error.message}.\n`);
  process.exit(1);
}
