import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PYTHON_HASHES, pythonHashes } from "../../tools/protocol/python-hashes.ts";
import { protocolSchemas } from "../../tools/protocol/schemas.ts";

const ROOT = join(import.meta.dirname, "../..");
const FOLDER = join(ROOT, "docs/schemas");

test("docs/schemas has what `npm run docs:protocol` writes, and no other file", () => {
  const committed = readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), "utf8")]);
  expect(Object.fromEntries(committed)).toEqual(Object.fromEntries(protocolSchemas()));
});

test("the Python worker has the hashes of the kernels in the program, by `npm run docs:protocol`", () => {
  expect(readFileSync(join(ROOT, PYTHON_HASHES), "utf8")).toBe(pythonHashes());
});
