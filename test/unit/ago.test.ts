import { expect, test } from "vitest";
import { ago } from "../../cli/terminal/text.ts";

const NOW = 1_700_000_000_000;

test.each([
  [90_000, "2 min ago"],
  [0, "0 s ago"],
  [-300, "0 s ago"],
  [-7_193_000, "2.0 h in the future by this clock"],
])("what was submitted %d ms before this clock's time reads %s", (ms, text) => {
  expect(ago(NOW - ms, NOW)).toBe(text);
});
