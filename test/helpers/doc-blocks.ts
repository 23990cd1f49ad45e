import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** A block of code on a page of ours. */
export interface DocBlock {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

/** The blocks of README, CONTRIBUTING and all pages of docs/, examples/ and workers/; code within a line has the language `inline`. */
export function docBlocks(): DocBlock[] {
  const below = ["docs", "examples", "workers"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)),
  );
  const isOurs = (path: string) => path.endsWith(".md") && !/(^|\/)(node_modules|\.venv|build)\//.test(path);
  const pages = ["README.md", "CONTRIBUTING.md", ...below.filter(isOurs)];
  return pages.flatMap((page) => {
    const text = readFileSync(join(ROOT, page), "utf8");
    const inline = wordsOf(text).map((words) => ({ language: "inline", text: words.replace(/\s+/g, " ") }));
    return [...blocksOf(text), ...inline].map((block) => ({ page, ...block }));
  });
}

/** What stands between single backticks on a page, in prose and tables. */
const wordsOf = (text: string) =>
  [...text.replace(/^( *)(`{3,})[\s\S]*?^\1\2 *$/gm, "").matchAll(/(?<!`)`([^`]+)`(?!`)/g)].map(
    ([, words = ""]) => words,
  );

export function blocksOf(text: string): Omit<DocBlock, "page">[] {
  return [...text.matchAll(/^( *)(`{3,})(\w+)[^\n]*\n([\s\S]*?)^\1\2 *$/gm)].map(
    ([, indent = "", , language = "", lines = ""]) => ({
      language,
      text: lines.replace(new RegExp(`^${indent}`, "gm"), ""),
    }),
  );
}

const STARTS = /^(?:(?:npx )?manyhands|npm start --|npm start)(?= |$)/;

/** The arguments of each call of `manyhands` in lines for a shell; `npm start -- …` is `run …`. */
export function manyhandsCalls(script: string): string[][] {
  const lines = script
    .replace(/\\\n\s*/g, " ")
    .replace(/(^|\s)#.*$/gm, "$1")
    .split("\n");
  return lines
    .flatMap((line) => line.split(/\s(?:&&|\|\||[|;&])(?:\s|$)|\$\(|;\s/))
    .map((part) => part.trim().replace(/^(?:[A-Z_]+=\S* )+/, ""))
    .filter((part) => STARTS.test(part))
    .map((part) => {
      const rest = part.replace(STARTS, (start) => (start.startsWith("npm start") ? "run" : ""));
      // What is redirected to, and the end of a substitution, are the shell's.
      return (rest.match(/'[^']*'|(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [])
        .map((word) => word.replace(/^'(.*)'$/s, "$1").replace(/"/g, ""))
        .filter((word, k, words) => !/^\d?>/.test(word) && !/^\d?>$/.test(words[k - 1] ?? ""))
        .map((word) => word.replace(/\)+$/, ""));
    });
}
