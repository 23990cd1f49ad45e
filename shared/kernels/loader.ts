import type { Declaration } from "./declaration.ts";
import type { LoadedKernel } from "./loaded.ts";
import type { Upload, Uploaded } from "./uploads.ts";

export type { LoadedKernel };

/** A kernel as a job names it: by the name that people use, and by what its bits depend on. */
export interface KernelName {
  readonly name: string;
  /** Absent in requests that leave the choice to the deployment, and in old jobs. */
  readonly hash?: string | undefined;
  /** Where it was uploaded. */
  readonly uploaded?: Uploaded | undefined;
  /** What it declares, where that is known: an uploaded one is then not asked. */
  readonly declaration?: Declaration | undefined;
}

/**
 * The kernels that a job may name, each loaded when it is asked for.
 *
 * @example
 * const kernel = await loadKernel({ name: spec.kernel, hash: spec.hash }, kernels); // then all else is synchronous
 */
export interface Kernels {
  /** The names that a person may choose from. */
  keys(): Iterable<string> | Promise<Iterable<string>>;
  /** Undefined where there is none of that name, or its hash is another. */
  get(name: KernelName): LoadedKernel | undefined | Promise<LoadedKernel | undefined>;
}

/** Kernels that are loaded already. */
export function kernelsOf(loaded: ReadonlyMap<string, LoadedKernel>): Kernels {
  return {
    keys: () => loaded.keys(),
    get: ({ name, hash }) => {
      const kernel = loaded.get(name);
      const isAnother = hash !== undefined && kernel?.hash !== undefined && hash !== kernel.hash;
      return isAnother ? undefined : kernel;
    },
  };
}

/**
 * The part of its parent's kernels that a thread receives as `workerData`. Functions cannot cross a thread's border:
 * the code is in the thread's own program, and everything that was read or compiled comes from the parent.
 */
export interface ThreadKernels {
  /** The compiled twins; undefined where WebAssembly has no relaxed 128-bit vectors. */
  readonly twins: WebAssembly.Module | undefined;
  /** Where the artifacts of kernels from files lie, see kernel-files.ts; absent where there are none. */
  readonly files?: string | undefined;
}

/** The same, for a thread that computes with one uploaded kernel and no other. */
export interface UploadThread {
  readonly upload: Upload;
  /** Where what loads it lies. */
  readonly files: string;
}
