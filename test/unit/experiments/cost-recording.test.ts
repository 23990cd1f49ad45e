import { expect, test } from "vitest";
import { jobOf } from "../../../experiments/cost/jobs.ts";
import { chunkSeconds } from "../../../experiments/cost/recording.ts";
import { builtIn } from "../../helpers/kernels.ts";

const kernel = builtIn("mandelbrot");
const jobIn = (side: number) => jobOf(kernel, [100, 60], { chunk: [side, side] });
const parts = { title: "", kernel: "mandelbrot", points: [], recorded: [], parts: [2, 3] };
const total = (seconds: Float64Array) => seconds.reduce((sum, each) => sum + each, 0);

test("a chunk costs what the parts that it lies in take a cell, each by its share", () => {
  // 50 x 20 cells a part, in ns a cell.
  const field = "1 2 3 10 20 30";
  const seconds = chunkSeconds(jobIn(30), parts, field);
  const cell = 1e-9;
  expect(seconds).toHaveLength(4 * 2);
  // Rows 0 to 29, columns 0 to 29: two thirds in the first part, one third in the second.
  expect(seconds[0]).toBeCloseTo(900 * cell * ((2 / 3) * 1 + (1 / 3) * 2), 15);
  // Rows 30 to 59, columns 30 to 59: 20 of 30 rows above, 10 of 30 columns in the second part.
  const across = (low: number, high: number) => (1 / 3) * low + (2 / 3) * high;
  expect(seconds[3]).toBeCloseTo(900 * cell * ((2 / 3) * across(2, 3) + (1 / 3) * across(20, 30)), 15);
});

test("however the array is cut, its chunks together cost the same", () => {
  const field = "1 2 3 10 20 30";
  const whole = 1000e-9 * (1 + 2 + 3 + 10 + 20 + 30);
  for (const side of [1, 7, 20, 60])
    expect(total(chunkSeconds(jobIn(side), parts, field))).toBeCloseTo(whole, 12);
});
