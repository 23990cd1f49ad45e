import { join } from "node:path";
import { type Bundles, ensureBundles } from "../../tools/bundling/bundles.ts";
import { ROOT } from "./machine.ts";

/** The stages' bundles with the kernels `noop` and `nap`, in a folder of their own. */
export const idleBundles = (): Promise<Bundles> =>
  ensureBundles({
    folder: join(ROOT, "dist/experiments"),
    registry: join(import.meta.dirname, "idle-kernels.ts"),
  });
