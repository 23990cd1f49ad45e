import { loadHost } from "#kernel-host";
import { withTwins } from "./fast.ts";
import { withFiles } from "./kernel-files.ts";
import {
  type Kernels,
  kernelsOf,
  type LoadedKernel,
  type ThreadKernels,
  type UploadThread,
} from "./loader.ts";
import { KERNELS } from "./registry.ts";

/** The kernels of a thread, of what its parent gave it. */
export function kernelsInThread({ twins, files }: ThreadKernels): Kernels {
  const builtIns = kernelsOf(withTwins(KERNELS, () => twins));
  return files === undefined ? builtIns : withFiles(builtIns, files);
}

/** The one kernel of a thread that computes with what was uploaded. */
export function uploadInThread({ upload, files }: UploadThread): Kernels {
  let loaded: Promise<LoadedKernel | undefined> | undefined;
  return {
    keys: () => [upload.name],
    get: ({ hash }) => {
      if (hash !== upload.hash) return undefined;
      loaded ??= loadHost(files).then((host) => host?.loadUpload(upload));
      return loaded;
    },
  };
}
