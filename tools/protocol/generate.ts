/**
 * `npm run docs:protocol` writes docs/schemas from the schemas that the stages read messages by and the scripts that Redis runs, and tells the
 * Python worker these and the hashes of the kernels in the program. A unit test holds all equal.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PYTHON_HASHES, pythonHashes } from "./python-hashes.ts";
import { PYTHON_SCRIPTS, pythonScripts, REDIS_SCRIPTS, redisScriptsPage } from "./redis-scripts.ts";
import { protocolSchemas } from "./schemas.ts";

const ROOT = join(import.meta.dirname, "../..");
const FOLDER = join(ROOT, "docs/schemas");

mkdirSync(FOLDER, { recursive: true });
for (const [name, text] of protocolSchemas()) writeFileSync(join(FOLDER, name), text);
writeFileSync(join(FOLDER, REDIS_SCRIPTS), redisScriptsPage());
writeFileSync(join(ROOT, PYTHON_HASHES), pythonHashes());
writeFileSync(join(ROOT, PYTHON_SCRIPTS), pythonScripts());
