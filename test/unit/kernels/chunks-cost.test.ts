import { join } from "node:path";
import { expect, test } from "vitest";
import { chunksCost } from "../../../client/kernels/cell-cost.ts";
import { kernelMeant } from "../../../client/kernels/meant-kernel.ts";
import { timeChunks } from "../../../client/kernels/time-chunks.ts";
import { kernel } from "../../../shared/kernels/authoring.ts";
import type { Range } from "../../../shared/plan/ranges.ts";
import { folderWith, pointFile } from "../../helpers/kernel-file.ts";
import { resolvedJob, testKernel } from "../../helpers/kernels.ts";

/** Times a kernel whose cells take so long, by a clock of its own, on a processor that it has for a share of the time. */
function timed(points: readonly [number, number], msAt: (y: number, x: number) => number, share = 1) {
  let nowMs = 0;
  const seen = new Set<number>();
  const own = testKernel(
    kernel({
      name: "taking",
      inputs: { y: { from: 0, to: 1 }, x: { from: 0, to: 1 } },
      value: { name: "cells" },
      point: ({ y, x }) => {
        nowMs += msAt(y, x);
        seen.add(Math.min(3, Math.floor(4 * y)));
        return 0;
      },
    }),
  );
  const chunk = [Math.ceil(points[0] / 4), points[1]];
  const { spec } = resolvedJob({ kernel: "taking", points, chunk }, "j", own);
  const clock = { monotonicMs: () => nowMs, cpuMs: () => share * nowMs };
  const told: Range[] = [];
  const cost = timeChunks(own, spec, 750, { clock, told: (soFar) => told.push(soFar) });
  return { cost, told, seen, spentMs: nowMs };
}

test("even cells are known soon, to the whole array's seconds", () => {
  const { cost, spentMs } = timed([400, 500], () => 0.01);
  expect(cost?.expected).toBeCloseTo(2, 6);
  expect(cost?.high).toBeCloseTo(2, 6);
  expect(spentMs).toBeLessThan(200);
});

test("every chunk is visited: a dear one counts by its share, and the interval is wider", () => {
  const { cost, seen } = timed([400, 500], (y) => (y > 0.75 ? 0.04 : 0.005));
  expect(seen.size).toBe(4);
  const actual = 2e5 * (0.25 * 0.04 + 0.75 * 0.005) * 1e-3;
  expect(Math.abs(Math.log(cost!.expected / actual))).toBeLessThan(0.15);
  expect(cost!.low).toBeLessThan(actual);
  expect(cost!.high).toBeGreaterThan(actual);
});

test("a busy machine makes no cell dearer", () => {
  expect(timed([400, 500], () => 0.01, 0.25).cost?.expected).toBeCloseTo(0.5, 6);
});

test("what is known is told after each piece that takes long: a parent that waits no longer has it", () => {
  const { told } = timed([8, 8], () => 90);
  expect(told.length).toBeGreaterThan(1);
  expect(told[0]?.expected).toBeCloseTo(64 * 0.09, 6);
});

test("the cost of cells that throw is unknown", async () => {
  const costOf = async (body: string) => {
    const { kernel: mine } = await kernelMeant(join(folderWith({ "mine.ts": pointFile(body) }), "mine.ts"));
    const { spec } = resolvedJob({ kernel: mine.name, points: [9] }, "j", mine);
    return chunksCost({ name: mine.name, hash: mine.hash }, spec);
  };
  expect(await costOf('throw new Error("no");')).toBe("unknown");
});
