import { doublePendulum } from "./double-pendulum.ts";
import { julia } from "./julia.ts";
import type { Kernel, Registry } from "./kernel.ts";
import { mandelbrot } from "./mandelbrot.ts";

/** Every kernel in the bundle, by name. A message can only choose from these. */
export const KERNELS: Registry = new Map<string, Kernel>(
  [mandelbrot, julia, doublePendulum].map((kernel) => [kernel.name, kernel]),
);
