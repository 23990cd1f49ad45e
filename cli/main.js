#!/usr/bin/env node
import { join } from "node:path";

const OLDEST_NODE = 24;

// The one part that is JavaScript, with what it imports, and runs on older versions too: where it was not started by npm,
// the Node on the path need not be the project's. The oldest have no import.meta.filename.
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
  // Loading TypeScript costs a tenth of a second; where nothing changed since the last build, the built program
  // does the same without. What was compiled is kept for the next start.
  const { createRequire, enableCompileCache } = process.getBuiltinModule("node:module");
  enableCompileCache(join(dist, "cache"));
  const { main } = isBuilt
    ? createRequire(import.meta.url)(join(dist, "cli/program.js"))
    : await import("./program.ts").catch(refuse);
  await main();
}

/**
 * A checkout without its packages, or with some that are not of the lock file.
 * @param {NodeJS.ErrnoException} error
 * @returns {never}
 */
function refuse(error) {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  process.stderr.write(`Expected the packages that npm ci installs, got ${error.message}.\n`);
  process.exit(1);
}
