/** From a request to a job: its id, its kernel, and what its cells cost. */
import { type CellCost, cellCost, measuredOf } from "../client/kernels/cell-cost.ts";
import { kernels } from "../client/kernels/loader.ts";
import { cellsKey } from "../client/predictions/job-key.ts";
import { cellsOf } from "../client/predictions/own-predictions.ts";
import type { LoadedKernel } from "../shared/kernels/loader.ts";
import { NewJobIdSchema } from "../shared/messages/job-id.ts";
import type { JobRequest } from "../shared/messages/job-request.ts";
import { loadJob } from "../shared/plan/resolve-job.ts";
import type { Job } from "../shared/record/job.ts";
import { parse } from "../shared/validation/parse.ts";
import { byField } from "./place.ts";

export interface NewJob {
  readonly job: Job;
  readonly kernel: LoadedKernel;
  readonly request: JobRequest & { readonly requestId: string };
  /** Absent where the kernel or the request says what its cells cost. */
  readonly cost?: CellCost | undefined;
}

/** The job that a request asks for and its kernel, under an id of its own unless one is given. Throws InvalidInputError. */
export async function newJob(
  asked: JobRequest,
  jobId: string | undefined,
  nameOf = byField,
  /** Throws where the job's kernel is not to be computed: before its cells are timed. */
  expectFit: (kernel: LoadedKernel, request: JobRequest) => void = () => {},
): Promise<NewJob> {
  const requestId = jobIdFor(asked, jobId, nameOf("jobId"));
  const request = { ...asked, requestId };
  const { job, kernel } = await loadJob(request, requestId, kernels);
  expectFit(kernel, request);
  if (kernel.work || request.measured) return { job, kernel, request };
  // The splitter cuts and packs by what the request says, so that it does so alike whenever it is asked.
  const cost =
    cellsOf(cellsKey(job.spec)) ?? (await cellCost({ name: kernel.name, hash: kernel.hash }, job.spec));
  const measured = measuredOf(cost);
  if (!measured) return { job, kernel, request, cost };
  const timed = { ...request, measured };
  return { ...(await loadJob(timed, requestId, kernels)), request: timed, cost };
}

/** Throws InvalidInputError for an id that is none. */
export function jobIdFor(asked: JobRequest, jobId: string | undefined, field: string): string {
  return jobId === undefined ? (asked.requestId ?? newJobId(asked)) : parse(NewJobIdSchema, jobId, field);
}

let latest = new Set<string>();

/** The kernel's name, the time to the second, and four letters to separate runs within that second. */
function newJobId({ kernel }: JobRequest): string {
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  const name =
    String(kernel)
      .toLowerCase()
      .replace(/[^a-z0-9-]/g, "")
      .replace(/^-+/, "")
      .slice(0, 40) || "job";
  const start = `${name}-${time}-`;
  if (![...latest].every((id) => id.startsWith(start))) latest = new Set();
  // Math.random is enough, as the letters are no secret: node:crypto would take 5 ms to load.
  const draw = () =>
    start +
    Math.floor(Math.random() * 0x1_0000)
      .toString(16)
      .padStart(4, "0");
  let id = draw();
  while (latest.has(id)) id = draw(); // a program may begin hundreds at once
  latest.add(id);
  return id;
}
