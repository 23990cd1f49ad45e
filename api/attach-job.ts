/** A job of a deployment or a Redis that is followed to its end. */
import { remoteMeant } from "../client/engines/engines.ts";
import { expectNotAborted } from "../client/engines/interrupted.ts";
import { collect } from "../client/engines/remote.ts";
import { prepareJobFolder } from "../client/job-folder/folder.ts";
import { readRemoteJob } from "../client/remote/remote-job.ts";
import { jobIdOf } from "../shared/messages/job-id.ts";
import { compute, type Outcome } from "./compute.ts";
import type { AttachOptions } from "./options.ts";
import { byField, jobPlace } from "./place.ts";
import type { Commanded } from "./run-array.ts";

/** Brings its results, as the run that began it would have. Rejects as `compute` does. */
export async function attachJob(
  jobId: string,
  { out, ...options }: AttachOptions,
  { nameOf = byField, onBegin }: Commanded = {},
): Promise<Outcome> {
  const { signal, onWarning, report } = options;
  expectNotAborted(signal);
  const id = jobIdOf(jobId);
  const at = jobPlace(options);
  const engine = remoteMeant(at, nameOf);
  return engine.withRemote(at, async (remote) => {
    const job = await readRemoteJob(remote, id);
    expectNotAborted(signal);
    const prepared = prepareJobFolder(id, out, nameOf("out"), job);
    return compute(
      { job, prepared, engine, at, start: (watch) => collect(remote, job, watch) },
      { signal, onWarning, onBegin, report },
    );
  });
}
