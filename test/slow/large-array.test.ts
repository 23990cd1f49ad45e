import { expect, test } from "vitest";
import { localEngine } from "../../client/engines/local.ts";
import { serial } from "../../client/engines/serial.ts";
import { threadsEngine } from "../../client/engines/threads.ts";
import { tutorialAxis } from "../../shared/array/resolve-axis.ts";
import { sameBytes } from "../helpers/arrays.ts";
import { runEngine } from "../helpers/run-engine.ts";

test("the 4,000 x 4,000 array has its sum and the same bytes on every engine", async () => {
  const axes = [tutorialAxis(1.3, -1.3, 8000), tutorialAxis(-2.13, 0.77, 8000)];
  const request = { kernel: "mandelbrot", parameters: { maxIterations: 1000 }, grid: { axes } };
  const oracle = await runEngine(serial, request);
  expect(oracle.summary).toMatchObject({ state: "complete", shape: [4000, 4000], sum: 3277377171 });
  for (const engine of [threadsEngine({ brief: 0 }), localEngine({ shuffleSeed: 8000 })]) {
    const other = await runEngine(engine, request);
    expect(other.summary).toMatchObject({ state: "complete", sum: 3277377171 });
    expect(sameBytes(other.array, oracle.array)).toBe(true);
  }
});
