import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
/** Folders with text of ours. */
const FOLDERS = [
  ".ci",
  ".github",
  "api",
  "cli",
  "client",
  "docs",
  "examples",
  "experiments",
  "functions",
  "infra",
];
const MORE = ["plots", "shared", "test", "tools"];
const README_MOST_WORDS = 1300;
/** Made of other people's licences, whose links are not ours. */
const NOT_OURS = "THIRD-PARTY-LICENCES.md";

const files = [
  ...readdirSync(ROOT).filter((name) => /\.(md|json|yml)$/.test(name)),
  ...[...FOLDERS, ...MORE].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)),
  ),
].filter((path) => !/(^|\/)(node_modules|\.venv|\.git|cdk\.out)\//.test(path) && path !== NOT_OURS);
const pages = files.filter((path) => path.endsWith(".md"));
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const withoutCode = (text: string) => text.replace(/^```.*?^```$/gms, "").replace(/`[^`\n]*`/g, "");

/** Paths from the root that a page's links lead to. That they lead somewhere, lychee checks: test/judges. */
function linksOf(page: string): string[] {
  return [...withoutCode(read(page)).matchAll(/\]\(([^)\s#]+)(?:#[^)\s]*)?\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => relative(ROOT, join(ROOT, dirname(page), link)));
}

test("every page in docs/ can be reached from README", () => {
  const reached = new Set(["README.md"]);
  for (const page of reached)
    for (const target of linksOf(page))
      if (target.endsWith(".md") && existsSync(join(ROOT, target))) reached.add(target);
  expect(pages.filter((page) => page.startsWith("docs/") && !reached.has(page))).toEqual([]);
});

test("every page of docs/ that sources, tests and workflows name is there", () => {
  const naming = files.filter((path) => /\.(ts|js|py|sh|yml|md|c)$/.test(path));
  const absent = naming.flatMap((path) =>
    [...read(path).matchAll(/\bdocs\/[\w/-]+\.(?:md|png|svg)/g)]
      .map(([name]) => name)
      .filter((name) => !existsSync(join(ROOT, name)))
      .map((name) => `${path} names ${name}`),
  );
  expect(absent).toEqual([]);
});

test("README is read in a few minutes", () => {
  const words = read("README.md").split(/\s+/).filter(Boolean);
  expect(words.length).toBeLessThanOrEqual(README_MOST_WORDS);
});
