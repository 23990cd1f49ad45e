import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commandLine, pathOf, stackOption } from "../../shared/validation/command-line.ts";
import { printable } from "../../shared/validation/printable.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

/** The words that a shell makes of a command, without the program. */
function wordsOf(command: string): string[] {
  const script = `manyhands() { for word; do printf '%s\\0' "$word"; done; }; ${command}`;
  return execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
}

test.each([
  "results/my-job_2",
  "",
  "a b",
  "it's",
  '"$HOME" `id` ; rm -rf x & $(id) !! \\ * ? [a] {b} ~ # <>|',
  "~",
  "é ß 漢字",
  "an ESC \u001b[2J, a bell \u0007 and a mark \u202e that turns",
  "100%\nof a line",
])("%j comes out of a shell as it went in, and is text on one line", (word) => {
  const command = commandLine("resume", word, "--stack", word);
  expect(wordsOf(command)).toEqual(["resume", word, "--stack", word]);
  expect(printable(command)).toBe(command);
});

test("what needs no quotes has none", () => {
  expect(commandLine("attach", "j1", ...stackOption("Manyhands"))).toBe("manyhands attach j1");
  expect(commandLine("attach", "j1", ...stackOption("Mine"))).toBe("manyhands attach j1 --stack Mine");
  expect(commandLine("resume", "results/j1")).toBe("manyhands resume results/j1");
});

test("an id that looks like an option comes after them all", () => {
  expect(wordsOf(commandLine("resume", "-j", "--engine", "aws"))).toEqual([
    ...["resume", "--engine", "aws", "--", "-j"],
  ]);
});

test("a folder is named so that it is neither an option nor shortened by the shell", () => {
  const cwd = temporaryFolder();
  const before = process.cwd();
  process.chdir(cwd);
  try {
    expect(pathOf("-x/y")).toBe("./-x/y");
    expect(pathOf("x/../-y")).toBe("./-y");
    expect(pathOf(".")).toBe(".");
    expect(pathOf("..")).toBe(join(cwd, ".."));
    const odd = "ends with a line break\n";
    mkdirSync(odd);
    expect(wordsOf(commandLine("resume", pathOf(odd)))).toEqual(["resume", `${odd}/`]);
  } finally {
    process.chdir(before);
  }
});
