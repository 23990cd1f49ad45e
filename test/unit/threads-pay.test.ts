import { expect, test } from "vitest";
import { threadsPay } from "../../shared/plan/threads-pay.ts";

test.each([
  [
    "a message that is estimated at a tenth of a second does not",
    { estimatedMs: 100, missedMs: 0 },
    2,
    false,
  ],
  ["one of a second does", { estimatedMs: 1000, missedMs: 0 }, 2, true],
  ["one of a third of a second does where there are six of them", { estimatedMs: 330, missedMs: 0 }, 6, true],
  ["... and not where there are two", { estimatedMs: 330, missedMs: 0 }, 2, false],
  ["without an estimate nothing does at first", { estimatedMs: 0, missedMs: 0 }, 6, false],
  ["what the environment computed without them does", { estimatedMs: 0, missedMs: 160 }, 2, true],
  ["... once it is as much as their start would have been", { estimatedMs: 60, missedMs: 140 }, 2, false],
])("do threads pay? %s", (_, occasion, threads, expected) => {
  expect(threadsPay(occasion, threads)).toBe(expected);
});
