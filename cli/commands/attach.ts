import { withCloud } from "../../client/cloud/cloud.ts";
import { readRemoteJob } from "../../client/cloud/remote-job.ts";
import { collect } from "../../client/engines/aws.ts";
import { engineNamed } from "../../client/engines/engines.ts";
import { prepareJobFolder } from "../../client/job-folder/folder.ts";
import { jobIdOf } from "../../shared/messages/job-id.ts";
import { runJob, type Verbosity } from "./run-job.ts";

export interface AttachOptions extends Verbosity {
  readonly stack: string;
  readonly out?: string;
}

/** `manyhands attach`: follows a submitted job to its end and fetches its results, as `run` would have. */
export async function attach(jobId: string, options: AttachOptions): Promise<number> {
  const id = jobIdOf(jobId);
  return withCloud(options.stack, async (cloud) => {
    const job = await readRemoteJob(cloud, id);
    const prepared = prepareJobFolder(id, options.out, job);
    const { stack } = options;
    return runJob(
      { job, prepared, engine: engineNamed("aws"), stack, start: (watch) => collect(cloud, job, watch) },
      options,
    );
  });
}
