/** Kernels that lie in the bucket: looked up where neither the program nor the zip has one. */
import { hostProgram, loadHost } from "#kernel-host";
import type { KernelName, Kernels, LoadedKernel } from "../shared/kernels/loader.ts";
import type { StoreReader } from "../shared/ports/store.ts";

export interface UploadPlaces {
  readonly store: Pick<StoreReader, "get">;
  /** Where what loads them lies; it is loaded with the first one. */
  readonly files: string;
  /** The environment's word for its policy. */
  readonly allowed: string | undefined;
}

/**
 * These kernels, and what was uploaded, unless the zip was made for a deployment that takes nothing: an upload has no `compute` of its own.
 * `get` throws as host/uploaded-kernels.ts does.
 */
export function withUploads(kernels: Kernels, { store, files, allowed }: UploadPlaces): Kernels {
  let uploaded: ((named: KernelName) => Promise<LoadedKernel>) | undefined;
  return {
    keys: () => kernels.keys(),
    get: async (named) => {
      const own = await kernels.get(named);
      if (own || named.hash === undefined || !named.uploaded) return own;
      const host = await loadHost(files);
      if (!host) return undefined;
      uploaded ??= host.uploadedKernels({
        get: (key, mostBytes) => store.get(key, mostBytes),
        allowed,
        program: hostProgram(files, "declareInThread"),
      });
      return uploaded(named);
    },
  };
}
