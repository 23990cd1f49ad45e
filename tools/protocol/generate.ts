/**
 * `npm run docs:protocol` writes docs/schemas from the schemas that the stages read messages by, and tells the Python worker the hashes of
 * the kernels in the program. A unit test holds both equal.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PYTHON_HASHES, pythonHashes } from "./python-hashes.ts";
import { protocolSchemas } from "./schemas.ts";

const ROOT = join(import.meta.dirname, "../..");
const FOLDER = join(ROOT, "docs/schemas");

mkdirSync(FOLDER, { recursive: true });
for (const [name, text] of protocolSchemas()) writeFileSync(join(FOLDER, name), text);
writeFileSync(join(ROOT, PYTHON_HASHES), pythonHashes());
