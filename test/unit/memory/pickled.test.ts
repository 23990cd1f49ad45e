import { expect, test } from "vitest";
import { pickledBytes, TUTORIAL_CELLS } from "../../../client/memory/pickled.ts";

test.each([
  [0, 6],
  [1, 54],
  [2, 81],
  [127, 3331],
  [128, 3363],
  [1000, 31_267],
  [1001, 31_301],
])("a list of %i complex numbers weighs what Python 3.11 pickled: %i bytes", (cells, bytes) => {
  expect(pickledBytes(cells, 1)).toBe(bytes);
});

test("the tutorial's default in 4 lists is 8 MB, and lists share what is left over", () => {
  expect(pickledBytes(TUTORIAL_CELLS)).toBe(4 * 1_999_391);
  expect(pickledBytes(5, 4)).toBe(81 + 3 * 54);
});
