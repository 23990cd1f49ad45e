import { join } from "node:path";
import { expect, test } from "vitest";
import { chunksCost } from "../../../client/kernels/cell-cost.ts";
import { kernelMeant } from "../../../client/kernels/meant-kernel.ts";
import { timeChunks } from "../../../client/kernels/time-chunks.ts";
import { kernel } from "../../../shared/kernels/authoring.ts";
import { estimateWork } from "../../../shared/plan/estimate.ts";
import type { ChunksCost } from "../../../shared/plan/predict-here.ts";
import { folderWith, pointFile } from "../../helpers/kernel-file.ts";
import { resolvedJob, testKernel } from "../../helpers/kernels.ts";

type Cost = (y: number, x: number) => number;

/** Times a kernel whose cells take so long (ms), by a clock of its own, on a processor that it has for a share of the time. */
function timed(
  points: readonly [number, number],
  msAt: Cost,
  { share = 1, budgetMs = 750, dearerTogether = 1, missing = undefined as number[] | undefined } = {},
) {
  let nowMs = 0;
  let factor = 1;
  const seen = new Set<number>();
  const own = testKernel(
    kernel({
      name: "taking",
      inputs: { y: { from: 0, to: 1 }, x: { from: 0, to: 1 } },
      value: { name: "cells" },
      point: ({ y, x }) => {
        nowMs += factor * msAt(y, x);
        seen.add(Math.min(3, Math.floor(4 * y)));
        return 0;
      },
    }),
  );
  const chunk = [Math.ceil(points[0] / 4), points[1]];
  const { spec } = resolvedJob({ kernel: "taking", points, chunk }, "j", own);
  const clock = { monotonicMs: () => nowMs, cpuMs: () => share * nowMs };
  const told: ChunksCost[] = [];
  const said: string[] = [];
  const companions = {
    call: () => said.push("call"),
    begin: () => {
      said.push("begin");
      factor = dearerTogether;
      return true;
    },
    end: () => said.push("end"),
  };
  const work = estimateWork(spec, own);
  const cost = timeChunks(own, spec, work, budgetMs, {
    ...{ clock, companions, missing, told: (soFar) => told.push(soFar) },
  });
  return { cost: cost!, told, said, seen, spentMs: nowMs };
}

test("even cells are known soon, to the whole array's seconds", () => {
  const { cost, spentMs } = timed([400, 500], () => 0.01);
  expect(cost.seconds.expected).toBeCloseTo(2, 6);
  expect(cost.seconds.high).toBeCloseTo(2, 6);
  expect(cost.warmUp).toBeCloseTo(0, 6);
  expect(spentMs).toBeLessThan(350);
});

test("every chunk is visited: a dear one counts by its share, and the interval is wider", () => {
  const { cost, seen } = timed([400, 500], (y) => (y > 0.75 ? 0.04 : 0.005));
  expect(seen.size).toBe(4);
  const actual = 2e5 * (0.25 * 0.04 + 0.75 * 0.005) * 1e-3;
  expect(Math.abs(Math.log(cost.seconds.expected / actual))).toBeLessThan(0.15);
  expect(cost.seconds.low).toBeLessThan(actual);
  expect(cost.seconds.high).toBeGreaterThan(actual);
});

test("rows of a chunk that differ are all looked at: the sample is spread over them", () => {
  const { cost } = timed([400, 500], (y) => 0.02 * ((4 * y) % 1));
  expect(Math.abs(Math.log(cost.seconds.expected / 2))).toBeLessThan(0.05);
});

test("an array that is soon computed is computed as a whole, and nothing is left to chance", () => {
  const { cost } = timed([16, 16], (y, x) => (y + x) * 0.04);
  const mean = (2 * (15 / 16)) / 2; // of y + x, whose axes end before 1
  expect(cost.seconds.expected).toBeCloseTo(256 * 0.04 * mean * 1e-3, 6);
  expect(cost.seconds.high).toBe(cost.seconds.expected);
});

test("a busy machine makes no cell dearer, and its share is told", () => {
  const { cost } = timed([400, 500], () => 0.01, { share: 0.25 });
  expect(cost.seconds.expected).toBeCloseTo(0.5, 6);
  expect(cost.share.alone).toBeCloseTo(0.25, 6);
});

test("what chunks take more while other threads compute is measured by the same pieces, once more", () => {
  const { cost, said } = timed([400, 500], (y) => 0.01 + y * 0.02, { dearerTogether: 1.25 });
  expect(said).toEqual(["call", "begin", "end"]);
  expect(cost.together).toBeCloseTo(1.25, 6);
  const brief = timed([40, 50], () => 0.01, { dearerTogether: 1.25 });
  expect([brief.cost.together, brief.said]).toEqual([1, []]);
});

test("of a job that goes on, the missing chunks alone are computed and counted", () => {
  const { cost, seen } = timed([400, 500], (y) => (y > 0.75 ? 0.04 : 0.005), { missing: [1, 3] });
  expect([...seen].toSorted()).toEqual([1, 3]);
  const actual = 1e5 * ((0.04 + 0.005) / 2) * 1e-3;
  expect(Math.abs(Math.log(cost.seconds.expected / actual))).toBeLessThan(0.15);
});

test("what is known is told after each piece that takes long: a parent that waits no longer has it", () => {
  const { told } = timed([8, 8], () => 90);
  expect(told.length).toBeGreaterThan(1);
  expect(told[0]?.seconds.expected).toBeCloseTo(64 * 0.09, 6);
});

test("the cost of cells that throw is unknown", async () => {
  const costOf = async (body: string) => {
    const { kernel: mine } = await kernelMeant(join(folderWith({ "mine.ts": pointFile(body) }), "mine.ts"));
    const { spec } = resolvedJob({ kernel: mine.name, points: [9] }, "j", mine);
    return chunksCost({ name: mine.name, hash: mine.hash }, spec, 2);
  };
  expect(await costOf('throw new Error("no");')).toBe("unknown");
});
