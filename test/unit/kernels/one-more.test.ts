import { Command } from "commander";
import { expect, test, vi } from "vitest";
import { addJobOptions } from "../../../cli/request/job-options.ts";
import { requestOf } from "../../../cli/request/request.ts";
import type { Kernel } from "../../../shared/kernels/kernel.ts";
import type * as registry from "../../../shared/kernels/registry.ts";
import { KERNELS } from "../../../shared/kernels/registry.ts";
import { drawPlan } from "../../faults/draw-plan.ts";
import { resolvedJob } from "../../helpers/kernels.ts";

/** The registry after the recipe in CONTRIBUTING.md: one kernel more, whose parameter is its own. */
vi.mock("../../../shared/kernels/registry.ts", async (load) => {
  const { KERNELS } = await load<typeof registry>();
  const steepness = { about: "height per area", unit: "1/m", default: 1, minimum: -9, maximum: 9 };
  const saddle: Kernel<"steepness"> = {
    name: "saddle",
    about: "height of a saddle over a square",
    parameters: { steepness },
    axes: [
      { name: "north", unit: "m", from: -1, to: 1, at: 0 },
      { name: "east", unit: "m", from: -1, to: 1, at: 0 },
    ],
    value: { name: "height", unit: "m" },
    dtypes: () => ["float64", "float32"],
    compute: ({ steepness }, { y, x }, out) => {
      let at = 0;
      for (const north of y) for (const east of x) out[at++] = steepness * (north * north - east * east);
    },
  };
  return { KERNELS: new Map([...KERNELS, ["saddle", saddle]]) };
});
/** It would read the kernel's file. */
vi.mock("../../../shared/build/of-sources.ts", () => ({ default: { version: "0.0.0", kernels: {} } }));

test("one more kernel has its options, and its jobs resolve", async () => {
  expect(addJobOptions(new Command()).helpInformation()).toMatch(/--steepness <1\/m>\s+saddle: height/);
  const request = await requestOf("saddle", { size: "20", parameters: { steepness: "2" } });
  const { spec } = resolvedJob(request, "j");
  expect(spec).toMatchObject({ parameters: { steepness: 2 }, dtype: "float64", value: "height" });
});

test("one more kernel changes no scenario of faults", () => {
  const drawn = new Set(Array.from({ length: 40 }, (_, seed) => drawPlan(seed).request.kernel));
  expect([...drawn].toSorted()).toEqual(["double-pendulum", "julia", "mandelbrot"]);
});
