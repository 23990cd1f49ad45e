import { expect, test } from "vitest";
import { SPECIAL } from "../../../plots/missing.ts";
import { kernel } from "../../../shared/kernels/authoring.ts";
import { viewOfJob } from "../../../shared/record/job-view.ts";
import { resolvedJob, testKernel } from "../../helpers/kernels.ts";
import { Pixels } from "../../helpers/pictures.ts";
import { Stages } from "../../helpers/stages.ts";

const price = testKernel(
  kernel({
    name: "price",
    inputs: {
      rate: { from: 0.001, to: 0.1, scale: "log" },
      spot: { from: 80, to: 120 },
      depth: { from: 0, to: 10 },
      method: { choices: ["euler", "heun", "midpoint"] },
      isCall: { flag: true },
    },
    values: { mean: {}, standard_error: {} },
    point: ({ rate, spot, depth, method }) => ({
      mean: method === "heun" ? spot : rate,
      standard_error: depth,
    }),
  }),
);
const request = (at?: object) => ({
  kernel: "price",
  inputs: { method: ["euler", "heun"] },
  points: [4, 3, 5],
  requestId: "j",
  output: { plots: true, ...(at && { at }) },
});
const cutAt = (at?: object) => viewOfJob(resolvedJob(request(at), "j", price)).at;

test("each of several values has its own pictures, in its name", async () => {
  const stages = new Stages([price]);
  await stages.split(request({ method: "heun" }));
  await stages.runToEnd();
  const pictures = [...stages.store.objects.keys()].filter((key) => key.endsWith(".png"));
  expect(pictures.map((key) => key.replace("jobs/j/", "")).sort()).toEqual([
    "heatmap-mean.png",
    "heatmap-standard-error.png",
    "surface-mean.png",
    "surface-standard-error.png",
    "timeline.png",
  ]);
  // Among the points of heun the mean is the spot: it grows along the columns and not along the rows.
  const heatmap = new Pixels(stages.store.objects.get("jobs/j/heatmap-mean.png")!);
  const [left, right, below] = [heatmap.at(100, 100), heatmap.at(360, 100), heatmap.at(100, 300)];
  expect(left).toBe(below);
  expect(left).not.toBe(right);
});

test("axes after the second are cut in their middle, or at the point nearest to the one asked for", () => {
  expect(cutAt()).toEqual([undefined, undefined, 2, 1]);
  expect(cutAt({ method: "euler" })).toEqual([undefined, undefined, 2, 0]);
  expect(cutAt({ depth: 7.1 })).toEqual([undefined, undefined, 4, 1]);
  expect(cutAt({ depth: 10, method: "heun" })).toEqual([undefined, undefined, 4, 1]);
});

test("a place on an axis that pictures show, or on none, is refused by its name", () => {
  for (const [at, sentence] of [
    [{ rate: 0.002 }, /output\.at\.rate to be a place on an axis after the first two \(depth, method\)/],
    [{ isCall: true }, /output\.at\.isCall to be a place on an axis after the first two/],
    [{ depth: 1e9 }, /output\.at\.depth to be from 0 to 10, the range of depth, got 1000000000\./],
    [{ depth: "middle" }, /output\.at\.depth to be a number, got "middle"/],
    [{ method: "midpoint" }, /output\.at\.method to be one of the points of method \(euler, heun\)/],
    [{ method: "eulr" }, /output\.at\.method to be one of euler, heun, midpoint.*[Ee]uler/],
  ] as const)
    expect(() => cutAt(at)).toThrow(sentence);
  const flat = { ...request({ spot: 90 }), inputs: { rate: 0.01 }, points: [4, 3] };
  expect(() => resolvedJob(flat, "j", price)).toThrow("output.at.spot to be left out");
});

const flips = testKernel(
  kernel({
    name: "flips",
    inputs: { y: { from: 0, to: 1 }, x: { from: 0, to: 1 }, limit: { default: 5, minimum: 1 } },
    value: { name: "time", special: { equals: "limit", means: "never" } },
    point: ({ y, x, limit }) => (y < 0.5 ? limit : x),
  }),
);

test.each([
  ["by default", {}, true],
  ["held fixed", { limit: 7 }, true],
  ["where the picture is cut along its axis", { limit: [3, 4, 6] }, true],
  ["and one that a picture's axis sweeps is none", { x: 0.2, limit: [3, 4, 6] }, false],
])("cells of the special value are grey: the input's, %s", async (_, inputs, isGrey) => {
  const stages = new Stages([flips]);
  await stages.split({ kernel: "flips", inputs, size: 40, requestId: "j", output: { plots: true } });
  await stages.runToEnd();
  const pixels = new Pixels(stages.store.objects.get("jobs/j/heatmap.png")!);
  expect(pixels.count(SPECIAL) > 50_000).toBe(isGrey);
});
