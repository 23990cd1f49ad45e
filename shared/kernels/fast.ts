/** The fast twins, and which kernel has which. */
import type { KernelSource } from "./authoring.ts";
import { doublePendulum } from "./double-pendulum/double-pendulum.ts";
import { fastDoublePendulum } from "./double-pendulum/twin.ts";
import { julia } from "./escape-time/julia.ts";
import { mandelbrot } from "./escape-time/mandelbrot.ts";
import { fastJulia, fastMandelbrot } from "./escape-time/twins.ts";
import { loadBuiltIn } from "./load-built-in.ts";
import type { LoadedKernel } from "./loaded.ts";
import type { Registry } from "./registry.ts";
import { instantiateLater, type TwinsModule, type WasmInstance } from "./wasm-kernels.ts";

type AnyTwin = (instance: WasmInstance) => KernelSource["fill"];

/**
 * The kernels that have a fast twin: a function that fills a window with the same bits, sooner. By the plain function itself
 * and not its kernel's name, so that a kernel made from another one (`{ ...mandelbrot, fill }`) does not inherit its twin.
 */
const TWINS: ReadonlyMap<unknown, AnyTwin> = new Map<unknown, AnyTwin>([
  [mandelbrot.fill, fastMandelbrot as AnyTwin],
  [julia.fill, fastJulia as AnyTwin],
  [doublePendulum.fill, fastDoublePendulum as AnyTwin],
]);

/** These kernels, ready to compute, with the fast twins of those that have one. Nothing is compiled before a twin computes. */
export function withTwins(kernels: Registry, module: TwinsModule): ReadonlyMap<string, LoadedKernel> {
  const instance = instantiateLater(module);
  return new Map(
    [...kernels].map(([name, kernel]) => [name, loadBuiltIn(kernel, TWINS.get(kernel.fill)?.(instance))]),
  );
}
