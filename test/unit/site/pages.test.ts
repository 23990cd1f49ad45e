import { expect, test } from "vitest";
import { sitePages, withLinks } from "../../../tools/site/pages.ts";
import { folderWith } from "../../helpers/kernel-file.ts";

/** Not written out: a test follows what sources name in that folder. */
const DOCS = "docs";
const LANDING =
  "# One\n\nSee [two](../two.md#part).\n\n```{toctree}\n:glob:\n\ndocs/lessons/*\ndocs/*\n```\n";
const files = (more: Record<string, string>) =>
  folderWith({
    "docs/site/index.md": LANDING,
    "README.md": "# R\n",
    [`${DOCS}/two.md`]: "# Two\n\n## Part\n",
    ...more,
  });

test("pages keep their paths and their links; the first one lies at the root", () => {
  const { texts } = sitePages(
    files({ [`${DOCS}/deep/three.md`]: "[two](../two.md), [top](../../README.md)" }),
  );
  expect([...texts.keys()].toSorted()).toEqual([
    "README.md",
    `${DOCS}/deep/three.md`,
    `${DOCS}/two.md`,
    "index.md",
  ]);
  expect(texts.get("index.md")).toContain(`[two](${DOCS}/two.md#part)`);
  expect(texts.get(`${DOCS}/deep/three.md`)).toBe("[two](../two.md), [top](../../README.md)");
});

test("a list of pages that there are none of is left out, since Sphinx takes it for a mistake", () => {
  expect(sitePages(files({})).texts.get("index.md")).toContain("\n\ndocs/*\n");
  const { texts } = sitePages(files({ [`${DOCS}/lessons/1.md`]: "# L" }));
  expect(texts.get("index.md")).toContain("\n\ndocs/lessons/*\ndocs/*\n");
});

test("a page elsewhere comes along, a source becomes a page, a picture is copied, a folder is its README or words", () => {
  const { texts, copies } = sitePages(
    files({
      "README.md": `[e](examples/e) [f](shared/f) [s](shared/f/a.ts#L3) ![p](${DOCS}/p.png)\n`,
      "examples/e/README.md": "# E\n",
      "shared/f/a.ts": "const a = `x`;\n",
      [`${DOCS}/p.png`]: "",
    }),
  );
  expect(texts.get("README.md")).toBe(
    `[e](examples/e/README.md) f [s](shared/f/a.ts.md#L3) ![p](${DOCS}/p.png)\n`,
  );
  expect(texts.get("examples/e/README.md")).toBe("# E\n");
  expect(texts.get("shared/f/a.ts.md")).toBe(
    "---\norphan: true\n---\n\n# shared/f/a.ts\n\n```ts\nconst a = `x`;\n```\n",
  );
  expect(copies).toEqual([`${DOCS}/p.png`]);
});

test("links that lead nowhere, or out of the repository, are named with their pages", () => {
  const root = files({ [`${DOCS}/two.md`]: "[a](gone.md) [b](../../../etc/passwd) `[c](no.md)`" });
  expect(() => sitePages(root)).toThrow(
    `Expected links that lead to a file, got:\n  ${DOCS}/two.md links gone.md\n  ${DOCS}/two.md links ../../../etc/passwd`,
  );
});

test("code is no link, and links to elsewhere stay", () => {
  const text =
    '[a](https://x) [b](#c) `[d](e)` ``[f](`g)``\n```\n[h](i)\n```\n[j\nk](l.md) ![m](n.png "a title")';
  expect(withLinks(text, (link) => `-${link}`)).toBe(
    text.replace("(l.md)", "(-l.md)").replace("(n.png", "(-n.png"),
  );
});
