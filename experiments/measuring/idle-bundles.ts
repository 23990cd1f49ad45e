import { join } from "node:path";
import { type Bundles, ensureBundles } from "../../cli/local/bundles.ts";
import type { JobRequest } from "../../shared/job-request.ts";
import { ROOT } from "./machine.ts";

/** The stages' bundles with the kernels `noop` and `nap`, in a folder of their own. */
export const idleBundles = (): Promise<Bundles> =>
  ensureBundles({
    folder: join(ROOT, "dist/experiments"),
    registry: join(import.meta.dirname, "idle-kernels.ts"),
  });

/** `down` x `across` chunks of `side` x `side` elements, each of which is 1. */
export function noopRequest(
  [down, across]: readonly [down: number, across: number],
  side: number,
  chunksPerMessage: number | "auto",
): JobRequest {
  const axis = (chunks: number) => ({ from: 0, to: 1, count: chunks * side });
  return {
    ...{ kernel: "noop", grid: { axes: [axis(down), axis(across)] }, chunk: [side, side] },
    ...{ chunksPerMessage, output: { plots: false } },
  };
}
