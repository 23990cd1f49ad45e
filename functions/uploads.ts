/** Kernels that lie in the bucket: looked up where neither the program nor the zip has one. */
import { hostProgram, loadHost } from "#kernel-host";
import type { KernelName, Kernels, LoadedKernel } from "../shared/kernels/loader.ts";
import type { StoreReader } from "../shared/ports/store.ts";
import { InvalidInputError } from "../shared/validation/errors.ts";

export interface UploadPlaces {
  readonly store: Pick<StoreReader, "get">;
  /** Where what loads them lies; it is loaded with the first one. */
  readonly files: string;
  /** The environment's word for its policy. */
  readonly allowed: string | undefined;
}

/** These kernels, and what was uploaded: an upload has no `compute` of its own. `get` throws as host/uploaded-kernels.ts does. */
export function withUploads(kernels: Kernels, { store, files, allowed }: UploadPlaces): Kernels {
  let uploaded: ((named: KernelName) => Promise<LoadedKernel>) | undefined;
  return {
    keys: () => kernels.keys(),
    get: async (named) => {
      const own = await kernels.get(named);
      if (own || named.hash === undefined || !named.uploaded) return own;
      const host = await loadHost(files);
      if (!host) throw refusal(named);
      uploaded ??= host.uploadedKernels({
        get: (key, mostBytes) => store.get(key, mostBytes),
        allowed,
        program: hostProgram(files, "declareInThread"),
      });
      return uploaded(named);
    },
  };
}

const refusal = ({ name }: KernelName) =>
  new InvalidInputError(
    `kernel ${name}`,
    "one of the deployment",
    "an upload, which needs kernels/host.js in the zip",
  );
