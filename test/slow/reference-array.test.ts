import { expect, test } from "vitest";
import { coordinates } from "../../shared/array/grid.ts";
import { resolveAxis, tutorialAxis } from "../../shared/array/resolve-axis.ts";
import { mandelbrot } from "../../shared/kernels/mandelbrot.ts";
import { sameBytes } from "../helpers/arrays.ts";
import { fastCompute } from "../helpers/fast.ts";

const BAND = 250;

test("size 8000, 4,000 x 4,000 points, is the plain kernel's in every cell", () => {
  const y = resolveAxis(tutorialAxis(1.3, -1.3, 8000), "y");
  const x = resolveAxis(tutorialAxis(-2.13, 0.77, 8000), "x");
  const across = coordinates(x, 0, x.count);
  const fast = fastCompute(mandelbrot);
  expect(fast).not.toBe(mandelbrot.compute);
  let sum = 0;
  for (let row = 0; row < y.count; row += BAND) {
    const window = { y: coordinates(y, row, Math.min(row + BAND, y.count)), x: across };
    const ours = new Uint16Array(window.y.length * x.count);
    const plain = new Uint16Array(ours.length);
    fast({ maxIterations: 1000 }, window, ours);
    mandelbrot.compute({ maxIterations: 1000 }, window, plain);
    expect(sameBytes(ours, plain), `rows from ${row}`).toBe(true);
    for (const value of plain) sum += value;
  }
  expect(sum).toBe(3_277_377_171);
});
