import BUILD from "#build";
import type { KernelSource } from "./authoring.ts";
import { declare } from "./declare.ts";
import { doublePendulum } from "./double-pendulum/double-pendulum.ts";
import { fastDoublePendulum } from "./double-pendulum/twin.ts";
import { julia } from "./escape-time/julia.ts";
import { mandelbrot } from "./escape-time/mandelbrot.ts";
import { fastJulia, fastMandelbrot } from "./escape-time/twins.ts";
import type { LoadedKernel } from "./loaded.ts";
import type { BuiltIn, Registry } from "./registry.ts";
import { instantiateLater, type TwinsModule, type WasmInstance } from "./wasm-kernels.ts";
import { fillByWindows } from "./window-driver.ts";

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
    [...kernels].map(([name, kernel]) => [name, loaded(kernel, TWINS.get(kernel.fill)?.(instance))]),
  );
}

/** A kernel of the bundle, ready to compute. */
export function loaded(kernel: BuiltIn, fast?: KernelSource["fill"]): LoadedKernel {
  const { name, declaration } = declare(kernel, kernel.name);
  const { work, size } = kernel;
  return {
    name,
    hash: Object.hasOwn(BUILD.kernels, name) ? BUILD.kernels[name] : undefined,
    declaration,
    compute: fillByWindows(kernel.fill as never, declaration, kernel.values !== undefined),
    fast: fast && fillByWindows(fast as never, declaration),
    work,
    size,
  };
}
