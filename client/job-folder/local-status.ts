import { FileStore } from "../../shared/ports/file/file-store.ts";
import { type JobStatus, readStatus } from "../../shared/record/job-status.ts";
import { listChunks } from "../../shared/record/stored-chunk.ts";
import { mountsOf } from "../engines/engine.ts";
import { runningIn } from "./claim/claim.ts";
import type { JobFolder } from "./job-folder.ts";

/** The state of the job in a folder. Asks no deployment. */
export async function readLocalStatus({ folder, job }: JobFolder): Promise<JobStatus> {
  return asItLies(await readStatus(new FileStore(mountsOf(job.jobId, folder)), job), folder);
}

/**
 * The same state, but `unfinished` if the job has not ended and no process owns its folder, and with the chunks that are
 * stored: a local run writes its reports last, and one that was interrupted wrote none.
 */
export async function asItLies(status: JobStatus, folder: string): Promise<JobStatus> {
  const { state, summary, job, chunks } = status;
  if (summary) return status;
  const isStored = await listChunks(new FileStore(mountsOf(job.jobId, folder)), job);
  const stored = isStored.reduce((sum, one) => sum + one, 0);
  const isLeft = (state === "running" || state === "submitting") && !(await runningIn(folder));
  // A folder that was fetched may have reports without their chunks.
  const done = Math.max(chunks.done, stored);
  // Engines without a queue submit nothing: what is stored shows that they compute.
  const asStored = state === "submitting" && done > 0 ? "running" : state;
  return {
    ...status,
    state: isLeft ? "unfinished" : asStored,
    chunks: { ...chunks, done },
  };
}
