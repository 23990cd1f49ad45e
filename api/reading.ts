/** How a job's objects are reached: its folder, or a deployment's bucket, whose clients are closed after each use. */
import { mountsOf } from "../client/engines/engine.ts";
import type { JobStore } from "../client/jobs/job-store.ts";
import { FileStore } from "../shared/ports/file/file-store.ts";
import type { StoreReader } from "../shared/ports/store.ts";

/** Objects that are read at the same time, in one use. */
export const AT_ONCE = 8;

/** Runs `use` with the store. Nothing stays open between two uses. */
export type Reading = <Result>(use: (store: StoreReader) => Promise<Result>) => Promise<Result>;

export function readingFolder(jobId: string, folder: string): Reading {
  const store = new FileStore(mountsOf(jobId, folder));
  return (use) => use(store);
}

export function readingJobs(jobs: () => Promise<JobStore>, named: string): Reading {
  return async (use) => (await jobs()).withJob(named, ({ store }) => use(store));
}
