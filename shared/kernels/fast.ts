import { doublePendulum } from "./double-pendulum.ts";
import { fastJulia, fastMandelbrot } from "./escape-time.ts";
import { fastDoublePendulum } from "./flip-time.ts";
import { julia } from "./julia.ts";
import type { Kernel, Registry } from "./kernel.ts";
import type { LoadedKernel } from "./loader.ts";
import { mandelbrot } from "./mandelbrot.ts";
import type { Twin } from "./twin.ts";
import { instantiateLater, type TwinsModule } from "./wasm-kernels.ts";

/**
 * The kernels that have a fast twin: a function that fills a chunk with the same bits, sooner. By the kernel itself
 * and not its name, so that a kernel made from another one (`{ ...mandelbrot, compute }`) does not inherit its twin.
 */
const TWINS: ReadonlyMap<Kernel, Twin<Kernel>> = new Map<Kernel, Twin<Kernel>>([
  [mandelbrot, fastMandelbrot],
  [julia, fastJulia],
  [doublePendulum, fastDoublePendulum],
]);

/** These kernels, with the fast twins of those that have one. Nothing is compiled before a twin computes. */
export function withTwins(kernels: Registry, module: TwinsModule): ReadonlyMap<string, LoadedKernel> {
  const instance = instantiateLater(module);
  return new Map(
    [...kernels].map(([name, kernel]) => [name, { ...kernel, fast: TWINS.get(kernel)?.(instance) }]),
  );
}
