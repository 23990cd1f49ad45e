import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { blocksOf, isOutput, picturesOf, withOutputs } from "../../../tools/lessons/page.ts";

const FOLDER = join(import.meta.dirname, "../../../docs/lessons");
const read = (name: string) => readFileSync(join(FOLDER, name), "utf8");
const lessons = readdirSync(FOLDER).filter((name) => /^\d\d-.*\.md$/.test(name));
const SET_UP = "README.md#what-you-need";
const KB = 1000;

test("there is a lesson for each slide, in the index's order, each with the one before and the next", () => {
  expect(lessons).toHaveLength(14);
  const linked = [...read("README.md").matchAll(/^\| \[\d+\. [^\]]+\]\((.+?)\)/gm)].map(([, name]) => name);
  expect(linked).toEqual(lessons);
  for (const [at, name] of lessons.entries()) {
    const [, , way = ""] = read(name).split("\n");
    const expected = ["README.md", lessons[at - 1], lessons[at + 1] ?? "README.md", SET_UP].filter(Boolean);
    expect([...way.matchAll(/\]\((.+?)\)/g)].map(([, link]) => link)).toEqual(expected);
  }
});

test.each(lessons)(
  "%s has its question, commands with output, figures beside 2013's, an answer, and an exercise with its own",
  (name) => {
    const page = read(name);
    expect(page).toMatch(/^# \d+\. .+\n\n.*\n\n\*\*(The slide|Our own question).*\?.*\*\*\n/);
    expect(page.match(/^## .+/gm)).toEqual([
      "## Run it",
      "## 2013 and here",
      "## What it says",
      "## Exercise",
    ]);
    const blocks = blocksOf(page, name);
    expect(blocks.filter(({ kind }) => kind === "run").length).toBeGreaterThan(0);
    for (const block of blocks.filter(isOutput))
      expect(block.text.trim(), `${name}:${block.line}`).not.toBe("");
    const [, table = ""] = /## 2013 and here\n\n(.*?)\n\n/s.exec(page) ?? [];
    expect(table.split("\n").length).toBeGreaterThan(3);
    const [, answer = ""] = /## What it says\n\n(.*?)\n## /s.exec(page) ?? [];
    expect(answer.split(/\s+/).length).toBeGreaterThan(60);
    expect(page).toMatch(
      /## Exercise\n\n[^<]*[?.][^<]*\n\n<details><summary>Answer<\/summary>\n\n[\s\S]+\n\n<\/details>\n$/,
    );
    // A comment at a line's begin would end the paragraph.
    expect(page).not.toMatch(/^<!--/m);
    // Figures in sentences are those of the outputs.
    expect(withOutputs(page, name, new Map())).toBe(page);
  },
);

test("pictures are there, small, and shown by a page", () => {
  const shown = lessons.flatMap((name) => picturesOf(read(name)).map(({ path }) => path));
  for (const path of shown) expect(statSync(join(FOLDER, path)).size, path).toBeLessThan(100 * KB);
  expect(
    readdirSync(join(FOLDER, "pictures"))
      .map((name) => `pictures/${name}`)
      .sort(),
  ).toEqual(shown.sort());
});

test("links of the lessons lead to pages and sections that are there", () => {
  const anchorsOf = (text: string) =>
    [...text.matchAll(/^#+ (.+)/gm)].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replace(/[^\w\s-]/g, "")
        .replace(/ /g, "-"),
    );
  const dead = [...lessons, "README.md", "teachers.md"].flatMap((name) =>
    [...read(name).matchAll(/\]\(([^)\s#]+)(?:#([^)\s]+))?\)/g)]
      .filter(([, path = "", anchor]) => {
        const target = join(FOLDER, path);
        return !existsSync(target) || (anchor && !anchorsOf(readFileSync(target, "utf8")).includes(anchor));
      })
      .map(([link]) => `${name}: ${link}`),
  );
  expect(dead).toEqual([]);
});
