import { FileStore } from "../../shared/ports/file/file-store.ts";
import { type JobStatus, readStatus } from "../../shared/record/job-status.ts";
import { mountsOf } from "../engines/engine.ts";
import { runningIn } from "./claim/claim.ts";
import type { JobFolder } from "./job-folder.ts";

/** The state of the job in a folder. Asks no deployment. */
export async function readLocalStatus({ folder, job }: JobFolder): Promise<JobStatus> {
  return atRest(await readStatus(new FileStore(mountsOf(job.jobId, folder)), job), folder);
}

/** The same state, but `unfinished` if the job has not ended and no process owns its folder. */
export async function atRest(status: JobStatus, folder: string): Promise<JobStatus> {
  const { state } = status;
  if ((state !== "running" && state !== "submitting") || (await runningIn(folder))) return status;
  return { ...status, state: "unfinished" };
}
