#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { isFresh } from "./local/stamp.js";

// The one part that is JavaScript: loading TypeScript costs a tenth of a second, and where nothing changed since
// the last build, the built program does the same without. What was compiled is kept for the next start.
const dist = join(import.meta.dirname, "../dist");
enableCompileCache(join(dist, "cache"));
await import(isFresh(dist) ? join(dist, "cli/program.mjs") : "./program.ts");
