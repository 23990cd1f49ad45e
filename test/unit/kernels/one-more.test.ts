import { Command } from "commander";
import { expect, test, vi } from "vitest";
import { addInputOptions } from "../../../cli/request/job-options.ts";
import { requestOf } from "../../../cli/request/request.ts";
import { builtIns } from "../../../client/kernels/loader.ts";
import type * as authoring from "../../../shared/kernels/authoring.ts";
import type * as registry from "../../../shared/kernels/registry.ts";
import { drawPlan } from "../../faults/draw-plan.ts";
import { resolvedJob } from "../../helpers/kernels.ts";

/** The registry after the recipe in CONTRIBUTING.md: one kernel more, whose inputs are its own. */
vi.mock("../../../shared/kernels/registry.ts", async (load) => {
  const { KERNELS, registry: registryOf } = await load<typeof registry>();
  const { kernel } = await vi.importActual<typeof authoring>("../../../shared/kernels/authoring.ts");
  const saddle = kernel({
    name: "saddle",
    about: "height of a saddle over a square",
    inputs: {
      north: { unit: "m", from: -1, to: 1 },
      east: { unit: "m", from: -1, to: 1 },
      steepness: { about: "height per area", unit: "1/m", default: 1, minimum: -9, maximum: 9 },
    },
    value: { name: "height", unit: "m" },
    fill({ north, east, steepness }, out) {
      let at = 0;
      for (const y of north) for (const x of east) out[at++] = steepness * (y * y - x * x);
    },
  });
  return { KERNELS: registryOf([...KERNELS.values(), saddle]), registry: registryOf };
});
/** It would read the kernel's file. */
vi.mock("../../../shared/build/of-sources.ts", () => ({ default: { version: "0.0.0", kernels: {} } }));

test("one more kernel has its options, and its jobs resolve", async () => {
  const command = new Command();
  addInputOptions(command, [...builtIns.values()]);
  expect(command.helpInformation()).toMatch(/--steepness <1\/m>\s+saddle: height/);
  const request = await requestOf("saddle", { size: "20", inputs: { steepness: "2" } });
  const { spec } = resolvedJob(request);
  expect(spec).toMatchObject({
    parameters: { steepness: 2 },
    axes: [{ input: "north" }, { input: "east" }],
    values: [{ name: "height", dtype: "float64" }],
  });
});

test("one more kernel changes no scenario of faults", () => {
  const drawn = new Set(Array.from({ length: 40 }, (_, seed) => drawPlan(seed).request.kernel));
  expect([...drawn].toSorted()).toEqual(["double-pendulum", "julia", "mandelbrot"]);
});
