import { expect, test } from "vitest";
import { headOf, shapeOf } from "../../../tools/lessons/shape.ts";

test.each([
  ["  makespan  572 ms, from submission", "makespan #, from submission"],
  ["threads  35 s   32 s to 38 s    0 USD    2", "threads # # # #"],
  ["below 1, since of each worker's 5 ms", ""],
  [
    "This machine has 2 cores: 4 and 32 workers share them, and took 5.0 s and 5.1 s",
    "This machine has # core: # worker share them, and took #",
  ],
  [
    "This machine has 8 cores: 32 workers share them, and took 5.0 s",
    "This machine has # core: # worker share them, and took #",
  ],
  ["16 chunks of 125 x 125", "# chunk of #"],
  ["1 chunk of 50 x 50", "# chunk of #"],
  ["by Python 3.11.7's pickle, 0.00026 USD, 1e-5, 3.65 kB", "by Python #.7's pickle, #"],
])("%j has the shape %j", (line, shape) => {
  expect(shapeOf(`${line}\n`).join("\n")).toBe(shape);
});

test("sums, counts of cells and exit codes stay, and names with digits", () => {
  expect(
    shapeOf("  sum       51214485  ✔\nexit code 3\n  elements  250,000 in 16 chunks\npc1  uint16\n\n"),
  ).toEqual(["sum 51214485 ✔", "exit code 3", "elements 250,000 in # chunk", "pc1 uint16"]);
});

test("the head ends before the first empty line", () => {
  expect([headOf("a\nb\n\nc\n"), headOf("a\n")]).toEqual(["a\nb", "a\n"]);
});
