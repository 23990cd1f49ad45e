import { builtIns } from "../../client/kernels/loader.ts";
import type { InputValue } from "../../shared/kernels/declaration.ts";
import { computeOf, type KernelCode } from "../../shared/kernels/driver.ts";
import type { ChunkArray, Dtype } from "../../shared/kernels/dtype.ts";
import { mandelbrot } from "../../shared/kernels/escape-time/mandelbrot.ts";
import { loadBuiltIn } from "../../shared/kernels/load-built-in.ts";
import { kernelsOf, type LoadedKernel } from "../../shared/kernels/loader.ts";
import type { BuiltIn } from "../../shared/kernels/registry.ts";
import { JobRequestSchema } from "../../shared/messages/job-request.ts";
import { resolveJob } from "../../shared/plan/resolve-job.ts";
import type { Job } from "../../shared/record/job.ts";
import { parse } from "../../shared/validation/parse.ts";

/** A kernel of the project, with its fast twin. */
export function builtIn(name: string): LoadedKernel {
  const kernel = builtIns.get(name);
  if (!kernel) throw new RangeError(`Expected a kernel of the project, got ${name}`);
  return kernel;
}

/** What a kernel's inputs are where a job says nothing: those that it sweeps too. */
export const defaultsOf = (name: string): Record<string, InputValue> =>
  Object.fromEntries(
    Object.entries(builtIn(name).declaration.inputs).flatMap(([input, { default: value }]) =>
      value === undefined ? [] : [[input, value]],
    ),
  );

/**
 * A kernel of a test's own, ready to compute.
 * @example
 * testKernel({ ...mandelbrot, name: "poison", fill: () => { throw new Error("poison"); } });
 */
export function testKernel(source: object): LoadedKernel {
  const kernel = loadBuiltIn(source as BuiltIn);
  return { ...kernel, compute: computeOf(source as KernelCode, kernel.declaration) };
}

/** Those of the project, and a test's own. */
export const kernelsWith = (...own: readonly LoadedKernel[]) =>
  kernelsOf(new Map([...builtIns, ...own.map((kernel) => [kernel.name, kernel] as const)]));

/** The job that a request asks for. Throws InvalidInputError. */
export function resolvedJob(input: unknown, fallbackId = "j", ...own: readonly LoadedKernel[]): Job {
  const request = parse(JobRequestSchema, input, "job request");
  return resolveJob(
    request,
    fallbackId,
    own.find(({ name }) => name === request.kernel) ?? builtIn(request.kernel),
  );
}

export interface MandelbrotWindow {
  readonly y: Float64Array;
  readonly x: Float64Array;
  readonly maxIterations: number;
}

/** Fills a window as the Mandelbrot kernel does. */
export function fillMandelbrot(window: MandelbrotWindow, out: ChunkArray): void {
  mandelbrot.fill(window, out, undefined as never);
}

/** A kernel with the inputs of mandelbrot, and its own way to fill a window. */
export const likeMandelbrot = (
  name: string,
  fill: (window: MandelbrotWindow, out: ChunkArray) => void,
  change: object = {},
) => testKernel({ ...mandelbrot, name, fill, ...change });

/** What to change of a kernel so that its value is a number of that type. */
export const ofDtype = (dtype: Dtype) => ({ value: { ...mandelbrot.value, dtype } });
