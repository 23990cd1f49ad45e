import { defineKernel, type Kernel, type Registry } from "../../shared/kernels/kernel.ts";

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

/** Stands in for shared/kernels/registry.ts in this experiment's bundles. */
export const KERNELS: Registry = new Map([["nap", nap as Kernel]]);
