/** What the experiments ask for. */

import { KERNELS } from "../../shared/kernels/registry.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import { findKernel } from "../../shared/plan/check-spec.ts";

/** A kernel's default region from `side` x `side` points, without pictures unless `more` says otherwise. */
export function regionRequest(kernel: string, side: number, more: Partial<JobRequest> = {}): JobRequest {
  const axes = findKernel(kernel, KERNELS).axes.map(({ from, to }) => ({ from, to, count: side }));
  return { kernel, grid: { axes }, output: { plots: false }, ...more };
}

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
