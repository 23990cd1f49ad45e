import { type NewJob, newJob } from "../../api/new-job.ts";
import { optionName } from "./input-option.ts";
import { type RequestOptions, requestOf } from "./request.ts";

export interface NewJobOptions extends RequestOptions {
  readonly jobId?: string;
}

/** The job that options ask for and its kernel, with an id of its own unless the options give one. */
export async function jobOf(kernelName: string | undefined, options: NewJobOptions): Promise<NewJob> {
  return newJob(await requestOf(kernelName, options), options.jobId, optionName);
}
