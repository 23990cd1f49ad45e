import { attachJob } from "../../api/attach-job.ts";
import type { JobPlace } from "../../client/jobs/job-store.ts";
import { optionName } from "../request/input-option.ts";
import { showJob, type Verbosity } from "./show-job.ts";

export interface AttachOptions extends Verbosity, JobPlace {
  readonly out?: string;
}

/** `manyhands attach`: follows a submitted job to its end and fetches its results, as `run` would have. */
export async function attach(jobId: string, options: AttachOptions): Promise<number> {
  const { stack, redis, store, out } = options;
  return showJob(
    ({ onBegin, command: _, ...listeners }) =>
      attachJob(jobId, { stack, redis, store, out, ...listeners }, { nameOf: optionName, onBegin }),
    options,
  );
}
