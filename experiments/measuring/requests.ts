/** What the experiments ask for. */

import { builtIns } from "../../client/kernels/loader.ts";
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import { type JobRequest, JobRequestSchema } from "../../shared/messages/job-request.ts";
import { resolveJob } from "../../shared/plan/resolve-job.ts";
import type { Job } from "../../shared/record/job.ts";
import { parse } from "../../shared/validation/parse.ts";

/** A kernel of the project, with its fast twin. */
export function builtIn(name: string): LoadedKernel {
  const kernel = builtIns.get(name);
  if (!kernel) throw new RangeError(`Expected a kernel of the project, got ${name}`);
  return kernel;
}

/** The job that a request for a kernel of the project asks for. */
export function resolvedJob(request: JobRequest, jobId: string): Job {
  return resolveJob(parse(JobRequestSchema, request, "job request"), jobId, builtIn(request.kernel));
}

/** A kernel's default region from `side` x `side` points, without pictures unless `more` says otherwise. */
export function regionRequest(kernel: string, side: number, more: Partial<JobRequest> = {}): JobRequest {
  return { kernel, points: [side, side], output: { plots: false }, ...more };
}

/** `down` x `across` chunks of `side` x `side` elements, each of which is 1. */
export function noopRequest(
  [down, across]: readonly [down: number, across: number],
  side: number,
  chunksPerMessage: number | "auto",
): JobRequest {
  const axis = (chunks: number) => ({ from: 0, to: 1, count: chunks * side });
  return {
    ...{ kernel: "noop", inputs: { y: axis(down), x: axis(across) }, chunk: [side, side] },
    ...{ chunksPerMessage, output: { plots: false } },
  };
}
