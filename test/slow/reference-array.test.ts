import { expect, test } from "vitest";
import { coordinates, lengthOf } from "../../shared/array/grid.ts";
import { resolveAxis, tutorialAxis } from "../../shared/array/resolve-axis.ts";
import { sameBytes } from "../helpers/arrays.ts";
import { builtIn } from "../helpers/kernels.ts";

const BAND = 250;

test("size 8000, 4,000 x 4,000 points, is the plain kernel's in every cell", () => {
  const y = resolveAxis(tutorialAxis(1.3, -1.3, 8000), "y");
  const x = resolveAxis(tutorialAxis(-2.13, 0.77, 8000), "x");
  const shape = [lengthOf(y), lengthOf(x)] as const;
  const [height, width] = shape;
  const columns = { input: "x", values: coordinates(x, 0, width) };
  const { compute, fast } = builtIn("mandelbrot");
  expect(fast).toBeDefined();
  let sum = 0;
  for (let row = 0; row < height; row += BAND) {
    const rows = { input: "y", values: coordinates(y, row, Math.min(row + BAND, height)) };
    const place = { from: [row, 0], shape, seed: 0 };
    const window = { parameters: { maxIterations: 1000 }, axes: [rows, columns], ...place };
    const ours = new Uint16Array(rows.values.length * width);
    const plain = new Uint16Array(ours.length);
    fast!(window, [ours]);
    compute(window, [plain]);
    expect(sameBytes(ours, plain), `rows from ${row}`).toBe(true);
    for (const value of plain) sum += value;
  }
  expect(sum).toBe(3_277_377_171);
});
