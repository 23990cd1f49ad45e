import { join } from "node:path";
import { expect, test } from "vitest";
import { cellCost } from "../../../client/kernels/cell-cost.ts";
import { kernelMeant } from "../../../client/kernels/meant-kernel.ts";
import { timeCells } from "../../../client/kernels/time-cells.ts";
import { kernel } from "../../../shared/kernels/authoring.ts";
import type { Measured } from "../../../shared/messages/job-request.ts";
import { folderWith, pointFile } from "../../helpers/kernel-file.ts";
import { resolvedJob, testKernel } from "../../helpers/kernels.ts";

/** A kernel whose cells take so long by a clock of its own, on a processor that it has for a share of the time. */
function taking(points: readonly number[], msOf: (cell: number) => number, share = 1) {
  let [nowMs, cells] = [0, 0];
  const own = testKernel(
    kernel({
      name: "taking",
      inputs: { y: { from: 0, to: 1 }, x: { from: 0, to: 1 } },
      value: { name: "cells" },
      point: () => {
        nowMs += msOf(cells);
        return cells++;
      },
    }),
  );
  const { spec } = resolvedJob({ kernel: "taking", points }, "j", own);
  const clock = { monotonicMs: () => nowMs, cpuMs: () => share * nowMs };
  const told: Measured[] = [];
  const cost = timeCells(own, spec, 250, { clock, told: (soFar) => told.push(soFar) });
  return { cost, told, cells };
}

test("what is known is told after each cell that is not soon over: who waits no longer has it", () => {
  const { cost, told, cells } = taking([9, 9], (cell) => (cell < 2 ? 80 : 40));
  expect(cells).toBe(5); // 240 ms, and the one in which the time runs out
  expect(told).toHaveLength(5);
  expect(told[0]).toEqual({ meanSeconds: 0.08, mostSeconds: 0.08 });
  expect(cost).toEqual(told[4]);
});

test("the first cells are left out, in which the engine compiles", () => {
  const { cost } = taking([9, 9], (cell) => (cell === 0 ? 60 : 5));
  expect(cost?.meanSeconds).toBeCloseTo(0.005, 9);
  expect(cost?.mostSeconds).toBeCloseTo(0.005, 9);
});

test("a cell is no dearer on a machine that is busy with other things", () => {
  expect(taking([9, 9], () => 4).cost?.meanSeconds).toBeCloseTo(0.004, 9);
  expect(taking([9, 9], () => 4, 0.25).cost?.meanSeconds).toBeCloseTo(0.001, 9);
});

test("where rows are short, cells are timed until there is something to time", () => {
  const { cost, cells } = taking([5, 3], () => 0.01);
  expect(cells).toBeGreaterThan(4000); // 50 ms; 64 rows would be 2 ms
  expect(cost?.meanSeconds).toBeCloseTo(1e-5, 9);
});

test("a cell that has no end is dear, and the cost of one that throws is unknown", async () => {
  const costOf = async (body: string) => {
    const { kernel: mine } = await kernelMeant(join(folderWith({ "mine.ts": pointFile(body) }), "mine.ts"));
    const axes = [{ input: "x", rule: "index", from: 0, step: 1, count: 9 }] as const;
    return cellCost({ name: mine.name, hash: mine.hash }, { parameters: {}, axes: [...axes], seed: 0 });
  };
  expect(await costOf("for (;;);")).toBe("dear");
  expect(await costOf('throw new Error("no");')).toBe("unknown");
});
