/** docs/api.md, which `npm run docs:api` writes: CI compares it with the comments, docs-links.test.ts holds its links. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as library from "../../api/index.ts";
import * as authoring from "../../api/kernel.ts";

test("the page has what the package exports", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/api.md"), "utf8");
  const headings = [...page.matchAll(/^### (?:`abstract` )?(\w+)/gm)].map(([, name]) => name);
  expect(headings).toEqual(expect.arrayContaining([...Object.keys(library), ...Object.keys(authoring)]));
});
