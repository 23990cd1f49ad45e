/** Stands in for shared/kernels/registry.ts in the bundles of idle-bundles.ts: the project's kernels, and two that are idle. */
import { kernel } from "../../shared/kernels/authoring.ts";
import { mandelbrot } from "../../shared/kernels/escape-time/mandelbrot.ts";
import { KERNELS as REAL, registry } from "../../shared/kernels/registry.ts";

/** Computes nothing: what a job of it takes is the pipeline's own. */
const noop = {
  ...mandelbrot,
  name: "noop",
  work: { most: () => 0, of: () => 0 },
  fill: ((_window, out) => {
    out.fill(1);
  }) satisfies typeof mandelbrot.fill,
};

/** Leaves the processor alone: two cores can have as many of these at work as a machine has memory for. */
const nap = kernel({
  name: "nap",
  about: "nothing, for so long",
  inputs: {
    y: { from: 0, to: 1, default: 0 },
    x: { from: 0, to: 1, default: 0 },
    ms: { about: "how long a chunk takes", unit: "ms", default: 100, minimum: 0, maximum: 60_000 },
  },
  value: { name: "nothing", dtype: "uint16" },
  fill: ({ ms }, out) => {
    if (ms > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    out.fill(0);
  },
});

export const KERNELS = registry([...REAL.values(), noop, nap]);
