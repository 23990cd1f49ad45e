/** A job of a deployment that is followed to its end. */
import { withCloud } from "../client/cloud/cloud.ts";
import { readRemoteJob } from "../client/cloud/remote-job.ts";
import { collect } from "../client/engines/aws.ts";
import { DEFAULT_REMOTE_ENGINE, engineNamed } from "../client/engines/engines.ts";
import { prepareJobFolder } from "../client/job-folder/folder.ts";
import { jobIdOf } from "../shared/messages/job-id.ts";
import { STACK_NAME } from "../shared/validation/env.ts";
import { compute, type Outcome } from "./compute.ts";
import type { AttachOptions } from "./options.ts";
import { byField } from "./place.ts";
import { type Commanded, expectNotAborted } from "./run-array.ts";

/** Brings its results, as the run that began it would have. Rejects as `compute` does. */
export async function attachJob(
  jobId: string,
  { stack = STACK_NAME, out, ...listeners }: AttachOptions,
  { nameOf = byField, onBegin }: Commanded = {},
): Promise<Outcome> {
  const { signal, onWarning } = listeners;
  expectNotAborted(signal);
  const id = jobIdOf(jobId);
  return withCloud(stack, async (cloud) => {
    const job = await readRemoteJob(cloud, id);
    expectNotAborted(signal);
    const prepared = prepareJobFolder(id, out, nameOf("out"), job);
    const engine = engineNamed(DEFAULT_REMOTE_ENGINE);
    return compute(
      { job, prepared, engine, start: (watch) => collect(cloud, job, watch) },
      { signal, onWarning, onBegin },
    );
  });
}
