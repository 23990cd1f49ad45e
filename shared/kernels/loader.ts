import type { Kernel } from "./kernel.ts";

/** A kernel that is ready to compute. */
export interface LoadedKernel extends Kernel {
  /** Its fast twin: fills a chunk with the same bits, sooner. Without a twin, `compute` fills it, the oracle. */
  readonly fast?: Kernel["compute"] | undefined;
}

/**
 * The kernels that a job may name, each loaded when it is asked for. A Map of loaded ones is such a loader; one that reads a
 * file or a bucket answers with a promise.
 *
 * @example
 * const kernel = await loadKernel(message.spec.kernel, kernels); // shared/plan/check-spec.ts; then all else is synchronous
 */
export interface Kernels {
  /** The names that a person may choose from. */
  keys(): Iterable<string>;
  get(name: string): LoadedKernel | undefined | Promise<LoadedKernel | undefined>;
}

/**
 * The part of its parent's kernels that a thread receives as `workerData`. Functions cannot cross a thread's border:
 * the code is in the thread's own program, and everything that was read or compiled comes from the parent.
 */
export interface ThreadKernels {
  /** The compiled twins; undefined where WebAssembly has no relaxed 128-bit vectors. */
  readonly twins: WebAssembly.Module | undefined;
}
