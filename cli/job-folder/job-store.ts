import { FileStore } from "../../shared/ports/file/file-store.ts";
import type { StoreReader } from "../../shared/ports/store.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { printable } from "../../shared/validation/printable.ts";
import { mountsOf } from "../engines/engine.ts";
import { engineNamed } from "../engines/engines.ts";
import { jobIdOf } from "../request/new-job.ts";
import { placeOf } from "../terminal/report.ts";
import { openJobFolder } from "./job-folder.ts";

/** A job that was run or submitted before, and the store that its chunks and reports lie in. */
export interface JobStore {
  readonly job: StoredJob;
  readonly store: StoreReader;
  /** Where that is, for sentences: a folder, or a stack. */
  readonly place: string;
}

export interface JobPlace {
  /** `aws` for a deployment; every other engine leaves a folder on this machine. */
  readonly engine: string;
  /** The deployment's stack. */
  readonly stack: string;
}

/**
 * Finds a job by what a user calls it, its id in a deployment, else a folder or an id below results/, and runs `use`
 * with its store. Throws InvalidInputError where there is none, and CloudError.
 */
export async function withJobStore<Result>(
  name: string,
  { engine, stack }: JobPlace,
  use: (found: JobStore) => Promise<Result>,
): Promise<Result> {
  engineNamed(engine);
  if (engine !== "aws") {
    const { folder, job } = openJobFolder(name);
    return use({ job, store: new FileStore(mountsOf(job.jobId, folder)), place: placeOf(folder) });
  }
  const id = jobIdOf(name);
  // Loaded only here: the SDK takes a second that a folder need not wait for.
  const { withCloud } = await import("../cloud/cloud.ts");
  const { readRemoteJob } = await import("../cloud/remote-job.ts");
  return withCloud(stack, async (cloud) => {
    const job = await readRemoteJob(cloud, id);
    const { place } = cloud.deployment;
    return use({ job, store: cloud.store, place: printable(`stack ${stack} in ${place}`) });
  });
}
