import { expect, test } from "vitest";
import { count, counted } from "../../shared/validation/counted.ts";

test.each([0, 7, 999, 1000, 12_345, 999_999, 1_000_000, -1234, Number.MAX_SAFE_INTEGER])(
  "%i has the commas that the locale would give it",
  (value) => {
    expect(count(value)).toBe(value.toLocaleString("en"));
  },
);

test("a thing is named in the plural unless there is one", () => {
  expect([0, 1, 2000].map((value) => counted(value, "chunk"))).toEqual([
    "0 chunks",
    "1 chunk",
    "2,000 chunks",
  ]);
});
