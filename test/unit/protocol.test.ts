import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PYTHON_HASHES, pythonHashes } from "../../tools/protocol/python-hashes.ts";
import {
  PYTHON_SCRIPTS,
  pythonScripts,
  REDIS_SCRIPTS,
  redisScriptsPage,
} from "../../tools/protocol/redis-scripts.ts";
import { protocolSchemas } from "../../tools/protocol/schemas.ts";

const ROOT = join(import.meta.dirname, "../..");
const FOLDER = join(ROOT, "docs/schemas");

test("docs/schemas has what `npm run docs:protocol` writes, and no other file", () => {
  const committed = readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), "utf8")]);
  expect(Object.fromEntries(committed)).toEqual({
    ...Object.fromEntries(protocolSchemas()),
    [REDIS_SCRIPTS]: redisScriptsPage(),
  });
});

test("every script of Redis is said what it takes, and the Python worker has the same ones", () => {
  const sections = redisScriptsPage().split(/^## /m).slice(1);
  expect(sections.length).toBeGreaterThan(10);
  for (const section of sections) expect(section).toMatch(/^\w+\n\n[A-Z].*\n\n```lua\n/);
  expect(readFileSync(join(ROOT, PYTHON_SCRIPTS), "utf8")).toBe(pythonScripts());
});

test("the Python worker has the hashes of the kernels in the program, by `npm run docs:protocol`", () => {
  expect(readFileSync(join(ROOT, PYTHON_HASHES), "utf8")).toBe(pythonHashes());
});
