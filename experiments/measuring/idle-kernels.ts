/** Stands in for shared/kernels/registry.ts in the bundles of idle-bundles.ts: the project's kernels, and two that are idle. */
import { defineKernel, type Kernel, type Registry } from "../../shared/kernels/kernel.ts";
import { mandelbrot } from "../../shared/kernels/mandelbrot.ts";
import { KERNELS as REAL } from "../../shared/kernels/registry.ts";

/** Computes nothing: what a job of it takes is the pipeline's own. */
const noop = defineKernel({
  ...mandelbrot,
  name: "noop",
  work: { most: () => 0, of: () => 0 },
  compute: (_parameters, _window, out) => {
    out.fill(1);
  },
});

/** Leaves the processor alone: two cores can have as many of these at work as a machine has memory for. */
const nap = defineKernel({
  name: "nap",
  about: "nothing, for so long",
  parameters: {
    ms: { about: "how long a chunk takes", unit: "ms", default: 100, minimum: 0, maximum: 60_000 },
  },
  axes: [
    { name: "y", unit: "", from: 0, to: 1, at: 0 },
    { name: "x", unit: "", from: 0, to: 1, at: 0 },
  ],
  value: { name: "nothing", unit: "" },
  dtypes: () => ["uint16"],
  compute: ({ ms }, _window, out) => {
    if (ms > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    out.fill(0);
  },
});

export const KERNELS: Registry = new Map(
  [...REAL.values(), noop, nap as Kernel].map((kernel) => [kernel.name, kernel]),
);
