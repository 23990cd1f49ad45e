import { expect, test } from "vitest";
import { commandTyped } from "../../../cli/terminal/command-typed.ts";

const typed = (...words: readonly string[]) => commandTyped(["node", "main.js", ...words]);

test.each([
  [["run", "--size", "400"], "manyhands run --size 400"],
  [["run", "./my kernel.ts", "--x", "-1:1"], "manyhands run './my kernel.ts' --x -1:1"],
  [["run", "--title", "it's $HOME"], "manyhands run --title 'it'\\''s $HOME'"],
  [["run", "--job-id", "</script>"], "manyhands run --job-id '</script>'"],
])("%j can be typed again as %s", (words, command) => {
  expect(typed(...words)).toBe(command);
});

test("a password in a URL is not among the words", () => {
  const command = typed("run", "--redis", "rediss://me:s3cret@hub:6379", "--redis=redis://:other@hub");
  expect(command).toBe("manyhands run --redis 'rediss://me:***@hub:6379' '--redis=redis://:***@hub'");
});
