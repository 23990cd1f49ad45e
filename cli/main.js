#!/usr/bin/env node
import { join } from "node:path";
import { isFresh } from "./local/stamp.js";

const OLDEST_NODE = 24;
const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

// The one part that is JavaScript, and runs on older versions too: where it was not started by npm, the Node on
// the path need not be the project's.
if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  const { spawn } = await import("node:child_process");
  const { constants } = await import("node:os");
  const node = join(root, "node_modules/.bin/node");
  const child = spawn(node, [import.meta.filename, ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"]))
    process.on(signal, () => child.kill(signal));
  child.on("error", ({ message }) => {
    process.stderr.write(
      `Expected Node ${OLDEST_NODE} or later, or one installed by npm ci, got ${message}.\n`,
    );
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal ?? "SIGTERM"] ?? 0);
  });
} else {
  // Loading TypeScript costs a tenth of a second; where nothing changed since the last build, the built program
  // does the same without. What was compiled is kept for the next start.
  const { createRequire, enableCompileCache } = process.getBuiltinModule("node:module");
  enableCompileCache(join(dist, "cache"));
  const { main } = isFresh(dist)
    ? createRequire(import.meta.url)(join(dist, "cli/program.js"))
    : await import("./program.ts");
  await main();
}
