import { doublePendulum } from "./double-pendulum.ts";
import { fastJulia, fastMandelbrot } from "./escape-time.ts";
import { fastDoublePendulum } from "./flip-time.ts";
import { julia } from "./julia.ts";
import type { Kernel } from "./kernel.ts";
import { mandelbrot } from "./mandelbrot.ts";

/**
 * The kernels that have a fast twin: a function that fills a chunk with the same bits, sooner. By the kernel itself
 * and not its name, so that a kernel made from another one (`{ ...mandelbrot, compute }`) does not inherit its twin.
 */
const TWINS: ReadonlyMap<Kernel, Kernel["compute"]> = new Map<Kernel, Kernel["compute"]>([
  [mandelbrot, fastMandelbrot],
  [julia, fastJulia],
  [doublePendulum, fastDoublePendulum],
]);

export const hasTwin = (kernel: Kernel): boolean => TWINS.has(kernel);

/**
 * The function that every engine fills chunks with: the kernel's fast twin if it has one, else its own `compute`, the
 * oracle.
 */
export function fastCompute(kernel: Kernel): Kernel["compute"] {
  return TWINS.get(kernel) ?? kernel.compute;
}
