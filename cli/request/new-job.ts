import { type CellCost, cellCost, measuredOf } from "../../client/kernels/cell-cost.ts";
import { kernels } from "../../client/kernels/loader.ts";
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import { NewJobIdSchema } from "../../shared/messages/job-id.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import { loadJob } from "../../shared/plan/resolve-job.ts";
import type { Job } from "../../shared/record/job.ts";
import { parse } from "../../shared/validation/parse.ts";
import { type RequestOptions, requestOf } from "./request.ts";

export interface NewJobOptions extends RequestOptions {
  readonly jobId?: string;
}

/** The job that options ask for and its kernel, with an id of its own unless the options give one. */
export async function jobOf(
  kernelName: string | undefined,
  options: NewJobOptions,
): Promise<{
  readonly job: Job;
  readonly kernel: LoadedKernel;
  readonly request: JobRequest & { readonly requestId: string };
  /** Absent where the kernel or the request says what its cells cost. */
  readonly cost?: CellCost;
}> {
  const asked = await requestOf(kernelName, options);
  const requestId =
    options.jobId === undefined
      ? (asked.requestId ?? newJobId(asked))
      : parse(NewJobIdSchema, options.jobId, "--job-id");
  const request = { ...asked, requestId };
  const { job, kernel } = await loadJob(request, requestId, kernels);
  if (kernel.work || request.measured) return { job, kernel, request };
  // The splitter cuts and packs by what the request says, so that it does so alike whenever it is asked.
  const cost = await cellCost({ name: kernel.name, hash: kernel.hash }, job.spec);
  const measured = measuredOf(cost);
  if (!measured) return { job, kernel, request, cost };
  const timed = { ...request, measured };
  return { ...(await loadJob(timed, requestId, kernels)), request: timed, cost };
}

/** The kernel's name, the time to the second, and four letters to separate runs within that second. */
export function newJobId({ kernel }: JobRequest): string {
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  const name =
    String(kernel)
      .toLowerCase()
      .replace(/[^a-z0-9-]/g, "")
      .replace(/^-+/, "")
      .slice(0, 40) || "job";
  // Math.random is enough, as the letters are no secret: node:crypto would take 5 ms to load.
  const letters = Math.floor(Math.random() * 0x1_0000)
    .toString(16)
    .padStart(4, "0");
  return `${name}-${time}-${letters}`;
}
