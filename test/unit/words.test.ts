import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const FOLDERS = ["api", "cli", "client", "functions", "infra", "plots", "shared", "tools"];

/** Words that hide who acts, or how many there are. */
const RIDDLE = /\b(nobody|somebody|anybody|whoever)\b|\bso (many|much|long|few)\b|^(Of|One that) /i;
const COMMENTS: Readonly<Record<string, RegExp>> = {
  py: /"""([\s\S]*?)"""|(?<=^|\s)# (.*(?:\n[ \t]*#.*)*)/gm,
  script: /\/\*+([\s\S]*?)\*\/|(?<=^|\s)\/\/ (.*(?:\n[ \t]*\/\/.*)*)/gm,
};

/** The comments with a riddle in them, each with its line. */
function riddlesIn(text: string, language: "py" | "script"): string[] {
  return [...text.matchAll(COMMENTS[language]!)]
    .map(({ index, 1: block, 2: lines }) => ({
      line: text.slice(0, index).split("\n").length,
      words: (block ?? lines ?? "").replace(/\n[ \t]*(\*|\/\/|#)?/g, " ").replace(/\s+/g, " "),
    }))
    .filter(({ words }) => RIDDLE.test(words.trim()))
    .map(({ line, words }) => `${line}: ${words.trim()}`);
}

test("a riddle is found in every kind of comment, over line ends too, and not in code", () => {
  expect(
    riddlesIn(
      `/** Of a chunk. */\nconst nobody = "so many"; // for whoever asks\n/**\n * It waits for so\n * long.\n */\n// One\n// that ends`,
      "script",
    ),
  ).toEqual(["1: Of a chunk.", "2: for whoever asks", "3: It waits for so long.", "7: One that ends"]);
  expect(riddlesIn('"""Nobody waits."""\nnobody = 1  # of so few\n', "py")).toEqual([
    "1: Nobody waits.",
    "2: of so few",
  ]);
});

test("comments name who acts: no nobody, somebody or whoever, no 'so many', none that begins with 'Of' or 'One that'", () => {
  const paths = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)),
  ).filter((path) => /\.(ts|js|mjs|py)$/.test(path));
  expect(paths.length).toBeGreaterThan(300);
  const found = paths.flatMap((path) =>
    riddlesIn(readFileSync(join(ROOT, path), "utf8"), path.endsWith(".py") ? "py" : "script").map(
      (riddle) => `${path}:${riddle}`,
    ),
  );
  expect(found, "see CONTRIBUTING.md, Comments").toEqual([]);
});
