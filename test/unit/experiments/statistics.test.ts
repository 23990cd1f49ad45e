import { expect, test } from "vitest";
import { median, spread } from "../../../experiments/measuring/statistics.ts";

test("a median is the middle value, or the mean of the two in the middle, in whatever order they come", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 9, 2])).toBe(3);
  expect(median([7])).toBe(7);
  expect(median([])).toBeNaN();
});

test("a spread has the median, the smallest and the largest, in as many digits as asked for", () => {
  expect(spread([10, 2, 3])).toBe("3 (2 to 10)");
  expect(spread([10, 2, 3, 4], 1)).toBe("3.5 (2.0 to 10.0)");
});
