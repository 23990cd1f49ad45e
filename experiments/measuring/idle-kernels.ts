import { defineKernel, type Registry } from "../../shared/kernels/kernel.ts";
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

export const KERNELS: Registry = new Map([...REAL.values(), noop].map((kernel) => [kernel.name, kernel]));
